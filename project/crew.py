"""The processes of the Procfile, started together and stopped together, their lines prefixed and coloured."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "red")
STOP_WITHIN = 15.0  # seconds from the request to stop until the kill


def read_procfile(path: Path) -> dict[str, str]:
    """Commands by name."""
    return dict(re.findall(r"^(\w+):\s*(.+)$", path.read_text(), re.MULTILINE))


class Crew:
    def __init__(self, commands: Mapping[str, str], console: Console, environment: Mapping[str, str]) -> None:
        self._commands = commands
        self._console = console
        self._environment = environment
        self._width = max(map(len, commands))
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._relays: list[threading.Thread] = []

    def start(self, *names: str) -> None:
        """Those, or all that do not run yet."""
        for (name, command), colour in zip(self._commands.items(), COLOURS, strict=False):
            if name in self._processes or (names and name not in names):
                continue
            process = subprocess.Popen(
                # Each in a session of its own: Ctrl-C is ours to pass on, and a kill reaches its children.
                ["sh", "-c", f"exec {command}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=dict(self._environment),
                text=True,
                errors="replace",
            )
            self._processes[name] = process
            relay = threading.Thread(target=self._relay, args=(name, colour, process), daemon=True)
            relay.start()
            self._relays.append(relay)

    def fallen(self) -> tuple[str, int] | None:
        """The first process that has ended, and its exit status."""
        ended = ((name, process.poll()) for name, process in self._processes.items())
        return next(((name, status) for name, status in ended if status is not None), None)

    def stop(self) -> None:
        """Ask all, wait, and kill what is left."""
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOP_WITHIN
        for process in self._processes.values():
            try:
                process.wait(timeout=max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{process.pid} did not stop within {STOP_WITHIN:.0f} s and is killed")
            self._kill_group(process)
        for relay in self._relays:
            relay.join(timeout=1)  # their last lines; a stranger may still hold the pipe open

    def say(self, sentence: str) -> None:
        self._print("make", "bold", sentence)

    def _kill_group(self, process: "subprocess.Popen[str]") -> None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait()

    def _relay(self, name: str, colour: str, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None, "it was started with a pipe"  # noqa: S101
        with process.stdout as lines:
            for line in lines:
                self._print(name, colour, line.rstrip("\n"))

    def _print(self, name: str, colour: str, line: str) -> None:
        text = Text.assemble((f"{name:<{self._width}} │ ", colour), Text.from_ansi(line))
        self._console.print(text, soft_wrap=True, highlight=False)
        if self._console.file is sys.stdout:
            sys.stdout.flush()

"""`manage.py serve`: the whole service in a terminal of its own, until Ctrl-C."""

import fcntl
import os
import pty
import re
import socket
import subprocess
import sys
import termios
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.nodes.broker import free_port
from tests.nodes.process import ROOT
from tests.nodes.waiting import wait_until

CTRL_C = b"\x03"


class Terminal:
    """A process at a terminal: what it wrote, and a keyboard."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self._keyboard, screen = pty.openpty()
        self._written = bytearray()
        self.process = subprocess.Popen(
            command,
            env=env,
            cwd=ROOT,
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(screen)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._written.decode(errors="replace"))

    def press(self, keys: bytes) -> None:
        os.write(self._keyboard, keys)

    def wait_for(self, pattern: str, *, within: float) -> re.Match[str]:
        def look() -> re.Match[str] | None:
            found = re.search(pattern, self.text)
            assert found or self.process.poll() is None, self.text
            return found

        try:
            return wait_until(look, within=within, about=pattern)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.text}") from None

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=30)
        self._reader.join()
        os.close(self._keyboard)

    def _read(self) -> None:
        while True:
            try:
                chunk = os.read(self._keyboard, 65536)
            except OSError:  # Linux says EIO once nobody has the other end open
                return
            if not chunk:
                return
            self._written += chunk


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def serving(var: Path) -> Iterator[Terminal]:
    own = {"NIGHTSHIFT_VAR": str(var), "PORT": str(free_port()), "FLOWER_PORT": str(free_port())}
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}
    terminal = Terminal([sys.executable, "manage.py", "serve"], {**env, **own, "TERM": "xterm"})
    yield terminal
    terminal.close()


def test_it_serves_until_ctrl_c_and_leaves_nothing(serving: Terminal, var: Path) -> None:
    result = serving.wait_for(r"import_products \S+, by a worker, in ", within=60)
    console = serving.wait_for(r"Console +(http://\S+/) +login admin, password (\S+)", within=30)
    serving.wait_for(r"Flower +http://\S+/ +login flower, password \S+", within=10)

    assert result.start() < console.start()
    assert wait_until(lambda: answers(console[1] + "health/live"), within=30)
    assert b"password" in answers(console[1] + "login/")
    assert console[2] == (var / "admin-password").read_text()

    serving.press(CTRL_C)

    assert serving.process.wait(timeout=40) == 0, serving.text
    wait_until(lambda: not processes_of(var), within=20, about="nothing is left")


def test_a_busy_port_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            env={**os.environ, "PORT": port},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert " ".join(done.stdout.split()) == (
        f"PORT={port} is taken by another program; set PORT to a free port, or leave it out"
    )
    assert done.stderr == ""


def answers(url: str) -> bytes:
    """What is there, or nothing while nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return b"live " + answer.read()
    except OSError:
        return b""


def processes_of(var: Path) -> list[psutil.Process]:
    """Whoever was started for that directory, however far it went from its parent."""
    return [each for each in psutil.process_iter() if str(var) in _about(each)]


def _about(process: psutil.Process) -> str:
    try:
        return " ".join([*process.cmdline(), process.environ().get("NIGHTSHIFT_VAR", "")])
    except psutil.Error:
        return ""

"""An ordinary process where pytest-celery expects a container of Docker: same questions, same verbs."""

import os
import signal
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.nodes.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent


class Process:
    """Runs in a session of its own, so that a kill reaches its children too."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], directory: Path) -> None:
        self.id = uuid.uuid4().hex
        self.name = name
        # No port is listed: pytest-docker-tools would look for it with the programs of an image.
        self.attrs: dict[str, Any] = {"NetworkSettings": {"Networks": {}, "Ports": {}}}
        self._command = [part.replace("%h", self.id[:12]) for part in command]
        self._env = {**os.environ, **env}
        self._log = directory / f"{name}-{self.id[:12]}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def status(self) -> str:
        if self._process is None:
            return "created"
        return "running" if self._process.poll() is None else "exited"

    def start(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, timeout: float = 10.0) -> None:
        """Ask it, wait, and kill what is left of its session."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.kill("SIGKILL")

    def kill(self, signal: str | int | None = None) -> None:
        """A container dies with its first process: SIGKILL goes to all, other signals to the first."""
        number = _number(signal)
        if number != _number("SIGKILL"):
            os.kill(self.pid, number)
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return
        finally:
            assert self._process is not None
            self._process.wait()

    def restart(self, timeout: float = 10.0) -> None:
        self.stop(timeout)
        self.start()

    def reload(self) -> None:
        """Its status is asked for anew each time."""

    def logs(self) -> bytes:
        return self._log.read_bytes()

    def exec_run(self, command: str) -> tuple[int, bytes]:
        done = subprocess.run(command, shell=True, env=self._env, cwd=ROOT, capture_output=True, check=False)
        return done.returncode, done.stdout + done.stderr


class WaitsForItsPrompt:
    """In front of a container class of pytest-celery, whose own wait looks once a second."""

    def _wait_ready(self, timeout: int = 30) -> bool:
        def is_ready() -> bool:
            assert self.status == "running", f"{self.name} ended:\n{self.logs()}"
            return self.ready_prompt in self.logs()

        return wait_until(is_ready, within=timeout, about=f"{self.name} is ready")


def _number(name: str | int | None) -> int:
    return signal.Signals[name].value if isinstance(name, str) else name or signal.SIGKILL.value

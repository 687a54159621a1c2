"""What both embedded servers share: starting, waiting until ready, and never two on the same data."""

import secrets
import signal
import subprocess
import sysconfig
import time
from pathlib import Path

PACKAGES = Path(sysconfig.get_path("purelib"))  # the wheels' own Python is not imported: it acts on import
READY_WITHIN = 30.0  # seconds


class Server:
    name: str
    stop_signal: signal.Signals
    _program: str

    def __init__(self, directory: Path) -> None:
        self.log = directory / f"{self.name}.log"
        self._pid_file = directory / f"{self.name}.pid"

    @property
    def url(self) -> str:
        raise NotImplementedError

    def start(self) -> "subprocess.Popen[bytes]":
        raise NotImplementedError

    def is_ready(self, pid: int) -> bool:
        raise NotImplementedError

    def clean_up(self) -> None:
        """Called once it has stopped."""

    def wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + READY_WITHIN
        while not self.is_ready(process.pid):
            if process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with status {process.returncode}; see {self.log}")
            if time.monotonic() > until:
                raise RuntimeError(f"{self.name} was not ready within {READY_WITHIN:.0f} s; see {self.log}")
            time.sleep(0.01)

    def _spawn(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        self._pid_file.write_text(str(process.pid))
        return process

    def _wait_for_older(self) -> None:
        """One whose keeper was killed may be stopping still; two on the same data would spoil them."""
        until = time.monotonic() + READY_WITHIN
        while self._older_lives():
            if time.monotonic() > until:
                raise RuntimeError(f"an older {self.name} did not stop; see {self.log}")
            time.sleep(0.01)

    def _older_lives(self) -> bool:
        try:
            command = Path("/proc", self._pid_file.read_text(), "cmdline").read_bytes()
        except OSError:
            return False
        # The number may be another process's by now.
        return self._program.encode() in command


def kept_password(path: Path) -> str:
    """Made once, readable by its owner only."""
    if not path.exists():
        draft = path.with_suffix(".part")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(24))
        draft.replace(path)
    return path.read_text()

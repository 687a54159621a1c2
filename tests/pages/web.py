"""The web server of the page tests, always at the same address."""

import socket
import sys
from pathlib import Path

from tests.nodes.process import Process
from tests.nodes.waiting import wait_until


class Web:
    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "uvicorn", "project.asgi:application", "--port", str(port)]
        options = ["--no-access-log", "--timeout-graceful-shutdown", "1"]
        self._process = Process("web", [*command, *options], environment, directory)

    def start(self) -> None:
        self._process.start()
        wait_until(self._is_ready, within=30, about="the web server is ready")

    def stop(self) -> None:
        self._process.stop()

    def _is_ready(self) -> bool:
        logs = self._process.logs()
        assert self._process.status == "running", logs.decode()
        return b"Uvicorn running" in logs


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

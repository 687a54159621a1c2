"""Flower is behind a password and on loopback, whatever the environment says."""

import base64
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import psutil
import pytest

from tests.nodes.broker import free_port
from tests.nodes.process import Process
from tests.nodes.waiting import wait_until
from tests.nodes.worker import start

PASSWORD = "open sesame"


@pytest.fixture(scope="module")
def flower(nodes: Path, environment: dict[str, str]) -> Iterator[tuple[Process, int]]:
    port = free_port()
    unwanted = {"FLOWER_ADDRESS": "0.0.0.0", "FLOWER_UNAUTHENTICATED_API": "true"}
    told = {"FLOWER_PORT": str(port), "FLOWER_PASSWORD": PASSWORD, **unwanted}
    process = start("flower", nodes, {**environment, **told}, [sys.executable, "-m", "project.flower"])
    try:
        wait_until(lambda: listening(process), within=30, about="Flower listens")
        yield process, port
    finally:
        process.stop()


def test_it_listens_on_loopback_only(flower: tuple[Process, int]) -> None:
    process, port = flower

    assert listening(process) == {("127.0.0.1", port)}


@pytest.mark.parametrize("page", ["/", "/workers", "/tasks", "/api/workers", "/api/tasks"])
def test_a_stranger_sees_nothing(flower: tuple[Process, int], page: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(flower[1], page)

    with refused.value:
        assert refused.value.status == 401


def test_who_knows_the_password_sees_the_workers(flower: tuple[Process, int]) -> None:
    with get(flower[1], "/workers", password=PASSWORD) as answer:
        assert answer.status == 200


def get(port: int, page: str, *, password: str = "") -> HTTPResponse:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{page}")
    if password:
        request.add_header(
            "Authorization", "Basic " + base64.b64encode(f"flower:{password}".encode()).decode()
        )
    return urllib.request.urlopen(request, timeout=10)


def listening(process: Process) -> set[tuple[str, int]]:
    assert process.status == "running", process.logs().decode()
    found = psutil.Process(process.pid).net_connections("inet")
    return {(each.laddr.ip, each.laddr.port) for each in found if each.status == psutil.CONN_LISTEN}

"""The database is stopped under load, for a minute where all is tried: nothing that was accepted is lost."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from project.postgres import Postgres
from tests.faults.conftest import FULL
from tests.faults.fleet import COUNT, Count, Fleet
from tests.faults.jobs import TABLE
from tests.faults.report import Report
from tests.faults.test_callers import CALLER
from tests.nodes.broker import free_port
from tests.nodes.process import ROOT, Process
from tests.nodes.waiting import wait_until
from tests.nodes.worker import start

RUNS, ITEMS = (200, 40) if FULL else (12, 12)
GONE = 60 if FULL else 4  # seconds
ENQUEUE = f"""
import django; django.setup()
from tests.faults.jobs import have_effects_task
for _ in range({RUNS}):
    have_effects_task.delay(items={ITEMS}, seconds=0.05)
"""


class Database:
    """A server of its own, so that those of the session may go on."""

    def __init__(self, directory: Path) -> None:
        self._server = Postgres(directory)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = self._server.url

    def start(self) -> None:
        self._process = self._server.start()
        self._server.wait_until_ready(self._process)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def counted(self) -> Count:
        # psycopg knows no %2F in the middle of an address, but a host among its parameters.
        with psycopg.connect(self.url) as connection:
            count = Count()
            for _, state, items, effects, distinct in connection.execute(COUNT):
                count.runs += 1
                count.effects += effects
                count.stuck += state != "succeeded"
                count.lost += items - distinct
                count.doubled += effects - distinct
        return count


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path)
    database.start()
    yield database
    database.stop()


@pytest.fixture
def fleet(
    database: Database, broker_of_the_nodes: None, environment: dict[str, str], tmp_path: Path
) -> Iterator[Fleet]:
    env = {**environment, "DATABASE_URL": database.url, "NIGHTSHIFT_VAR": str(tmp_path / "var")}
    fleet = Fleet(tmp_path, env)
    python(env, "manage.py", "migrate", "--verbosity", "0")
    with psycopg.connect(database.url) as connection:
        connection.execute(TABLE)
    yield fleet
    fleet.stop()


@pytest.fixture
def web(fleet: Fleet, tmp_path: Path) -> Iterator[str]:
    port = str(free_port())
    command = [sys.executable, "-m", "uvicorn", "project.asgi:application", "--port", port]
    server = start("web", tmp_path, fleet.environment, command)
    yield f"http://127.0.0.1:{port}"
    server.stop()


def test_nothing_is_lost_while_the_database_is_gone(
    fleet: Fleet, web: str, database: Database, report: Report
) -> None:
    worker: Process = fleet.started()
    python({**fleet.environment, **CALLER}, "-c", ENQUEUE)
    wait_until(lambda: 0 < database.counted().effects < RUNS * ITEMS, about="work is under way")

    database.stop()
    time.sleep(GONE)
    status, page = fetched(f"{web}/")
    ready, _ = fetched(f"{web}/health/ready")
    database.start()

    wait_until(lambda: database.counted().stuck == 0, within=60 + RUNS * ITEMS / 20)
    count = database.counted()
    report.add(f"database stopped for {GONE} s under load", 1, count, f"web answers {status}")
    assert (count.runs, count.effects, count.is_clean) == (RUNS, RUNS * ITEMS, True)
    assert (status, ready, "database" in page.lower()) == (503, 503, True)
    assert worker.status == "running"


def fetched(url: str) -> tuple[int, str]:
    try:
        signed_in = urllib.request.Request(url, headers={"Cookie": f"sessionid={'a' * 32}"})
        with urllib.request.urlopen(signed_in, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def python(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], env={**os.environ, **env}, cwd=ROOT, check=True, timeout=120)

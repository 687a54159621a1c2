"""The embedded servers, each test in a directory of its own and by processes of its own."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from project.postgres import Postgres
from project.unprivileged import own
from project.valkey import free_port

ROOT = Path(__file__).resolve().parents[2]
USER = """
import sys
from pathlib import Path
from project import embedded
addresses = embedded.start(Path(sys.argv[1]))
print(addresses.database_url, addresses.broker_url, flush=True)
sys.stdin.read()
"""
WITHIN = 30.0


class User:
    """A process that uses the servers until it is told to end."""

    def __init__(self, directory: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(directory)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.database_url, self.broker_url = self.process.stdout.readline().split()

    def leave(self) -> None:
        self.process.communicate(timeout=WITHIN)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=WITHIN)


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nightshift-embedded-") as path:
        Path(path).chmod(0o755)
        yield Path(path) / "var"
        eventually(lambda: not servers(Path(path) / "var"))


def test_both_servers_answer_with_their_passwords_and_not_without(directory: Path) -> None:
    user = User(directory)

    with psycopg.connect(user.database_url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("nightshift",)
    with redis.Redis.from_url(user.broker_url) as client:
        assert client.ping()
    port = int(user.broker_url.rsplit(":", 1)[1].split("/")[0])
    with redis.Redis(port=port) as anonymous, pytest.raises(redis.AuthenticationError):
        anonymous.ping()
    user.leave()


def test_two_processes_share_one_pair_that_stops_with_the_last(directory: Path) -> None:
    first, second = User(directory), User(directory)
    shared = servers(directory)

    first.leave()

    assert first.database_url == second.database_url
    assert len(shared) == 2
    assert servers(directory) == shared
    second.leave()
    eventually(lambda: not any(map(psutil.pid_exists, shared)))


def test_the_servers_stop_when_their_last_user_was_killed(directory: Path) -> None:
    user = User(directory)
    running = servers(directory)

    user.kill()

    eventually(lambda: not any(map(psutil.pid_exists, running)))


def test_after_the_keeper_was_killed_the_next_user_gets_the_old_data(directory: Path) -> None:
    user = User(directory)
    old = servers(directory)
    with psycopg.connect(user.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(keeper_of(old), signal.SIGKILL)
    user.kill()

    again = User(directory)

    with psycopg.connect(again.database_url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    assert not old & servers(directory)
    again.leave()


def test_what_was_written_is_there_after_a_stop(directory: Path) -> None:
    user = User(directory)
    with psycopg.connect(user.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    with redis.Redis.from_url(user.broker_url) as client:
        client.lpush("queue", "message")
    user.leave()

    again = User(directory)

    with psycopg.connect(again.database_url) as connection, redis.Redis.from_url(again.broker_url) as client:
        found = (connection.execute("SELECT one FROM kept").fetchone(), client.llen("queue"))
    again.leave()
    assert found == ((1,), 1)


def test_a_server_that_was_killed_is_started_again(directory: Path) -> None:
    user = User(directory)
    before = servers(directory)
    for pid in before:
        os.kill(pid, signal.SIGKILL)

    eventually(lambda: len(servers(directory)) == 2 and not servers(directory) & before)

    eventually(lambda: answers(user))
    user.leave()


def test_a_start_that_cannot_succeed_is_a_sentence_with_the_log(directory: Path) -> None:
    sockets = Postgres(made(directory))._sockets
    sockets.symlink_to(directory)

    done = subprocess.run(
        [sys.executable, "-c", USER, str(directory)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    sockets.unlink()
    assert "belongs to somebody else; remove it" in done.stderr
    assert "keeper.log" in done.stderr


def test_folders_closed_to_others_are_walked_through_and_stay_closed(directory: Path) -> None:
    closed = made(directory) / "closed"
    closed.mkdir(mode=0o700)

    user = User(closed / "var")

    user.leave()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    eventually(lambda: not servers(closed / "var"))


def test_the_data_belong_to_the_user_that_runs_postgres(directory: Path) -> None:
    user = User(directory)
    pid = int((directory / "postgres.pid").read_text())

    owner = psutil.Process(pid).uids().effective

    user.leave()
    assert owner == own.user == (directory / "postgres").stat().st_uid


def test_a_remembered_port_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "port").write_text(str(port))

        assert free_port(tmp_path / "port") != port


def made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def servers(directory: Path) -> set[int]:
    """The processes of both servers that live."""
    files = [directory / "postgres.pid", directory / "valkey.pid"]
    pids = {int(file.read_text()) for file in files if file.exists() and file.read_text()}
    return {
        each.pid
        for each in psutil.process_iter(["status"])
        if each.pid in pids and each.info["status"] != "zombie"
    }


def keeper_of(pids: set[int]) -> int:
    return psutil.Process(min(pids)).ppid()


def answers(user: User) -> bool:
    try:
        with psycopg.connect(user.database_url) as database, redis.Redis.from_url(user.broker_url) as broker:
            return bool(database.execute("SELECT 1").fetchone() and broker.ping())
    except (psycopg.OperationalError, redis.RedisError):
        return False


def eventually(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)

"""A real PostgreSQL and a real Valkey out of wheels, shared by all processes that use one directory.

The first process to call `start` starts a keeper (project/keeper.py), which is the parent of both servers.
Each process that uses them holds a shared lock on `users.lock`, which the kernel lets go however the process
ends; once nobody holds it, the keeper stops the servers and itself.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WITHIN = 60.0  # seconds that the servers have to start, or to stop

_held: dict[Path, int] = {}


class EmbeddedServerError(Exception):
    """Its text is a sentence that says where to look."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    database_url: str
    broker_url: str


def start(directory: Path) -> Addresses:
    """Make sure that both servers run, for as long as this process lives."""
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    if directory not in _held:
        # Before the keeper is there: it ends where it finds no user.
        _held[directory] = _lock(directory / "users.lock", fcntl.LOCK_SH)
    with _taking_turns(directory):
        if not _is_locked(directory / "keeper.lock"):
            (directory / "servers.json").unlink(missing_ok=True)
            _spawn_keeper(directory)
    return Addresses(**json.loads((directory / "servers.json").read_text()))


def release(directory: Path) -> None:
    """Let go of the servers before this process ends; its last user waits until they are gone."""
    directory = directory.resolve()
    if (held := _held.pop(directory, None)) is None:
        return
    os.close(held)
    until = time.monotonic() + WITHIN
    while _is_locked(directory / "keeper.lock") and not _has_users(directory):
        _pause(until, "The servers did not stop", directory)


def _spawn_keeper(directory: Path) -> None:
    with (directory / "keeper.log").open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "project.keeper", str(directory)],
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + WITHIN
    while not (directory / "servers.json").exists():
        if keeper.poll() is not None:
            raise EmbeddedServerError(_why(directory))
        _pause(until, "The servers did not start", directory)
    # It outlives this process as a rule: nobody here waits for it, and Python need not warn of that.
    keeper.returncode = 0


def _why(directory: Path) -> str:
    lines = (directory / "keeper.log").read_text(errors="replace").strip().splitlines()
    reason = lines[-1] if lines else "it said nothing"
    return f"The embedded servers could not be started: {reason} (more in {directory / 'keeper.log'})"


def _pause(until: float, sentence: str, directory: Path) -> None:
    if time.monotonic() > until:
        raise EmbeddedServerError(f"{sentence} within {WITHIN:.0f} s; see {directory / 'keeper.log'}")
    time.sleep(0.01)


@contextmanager
def _taking_turns(directory: Path) -> Iterator[None]:
    turn = _lock(directory / "start.lock", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(turn)


def _lock(path: Path, how: int) -> int:
    """A descriptor that holds the lock. exec closes it, so that no server or command of ours holds it too."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, how)
    return descriptor


def _is_locked(path: Path, how: int = fcntl.LOCK_EX) -> bool:
    """Whether somebody's lock is in the way of that one."""
    try:
        os.close(_lock(path, how | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


def _has_users(directory: Path) -> bool:
    """Shared locks are users; the keeper's own, once it has decided to stop, is in the way of these too."""
    users = directory / "users.lock"
    return _is_locked(users) and not _is_locked(users, fcntl.LOCK_SH)

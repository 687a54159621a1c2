"""Ways of changing a big table: each in a process of its own, on the same rows, by turns in every round."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection

from benchmarks.tables import DATABASE, SERVED
from jobs.log import LogCapture
from jobs.models.run import Run
from jobs.recording import RecordedProgress


@dataclass(frozen=True, kw_only=True)
class Contest:
    """`variants` maps a title to the work, which returns how many rows it changed.

    Of the slow ones only so many rows of a table are asked, and their rate is that of fewer rows.
    """

    module: str
    about: str
    rows: int
    restore: tuple[str, ...]
    changed: Callable[[int], int]
    variants: dict[str, Callable[[], Any]]
    slow: tuple[str, ...] = ()
    rows_of_the_slow: int = 5_000


@dataclass
class Contestant:
    title: str
    rows: int
    seconds: list[float] = field(default_factory=list)
    longest: list[float] = field(default_factory=list)


class TimedProgress(RecordedProgress):
    """A run's, with all that is written for it; it keeps the longest transaction of a batch, in seconds."""

    longest = 0.0

    @contextmanager
    def _batch(self) -> Iterator[None]:
        begin = time.perf_counter()
        with super()._batch():
            yield
        self.longest = max(self.longest, time.perf_counter() - begin)


def recorded(job: str) -> TimedProgress:
    run = Run.objects.claim(Run.objects.create(job=job).pk, worker="benchmark", jobs=[job])
    assert run is not None
    return TimedProgress(run, LogCapture())


def hold(contest: Contest) -> None:
    parser = argparse.ArgumentParser(description=contest.about)
    parser.add_argument("--rows", type=int, default=contest.rows)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--variant", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.variant:
        return _perform(contest, options.variant)
    contestants = [
        Contestant(title, contest.rows_of_the_slow if title in contest.slow else options.rows)
        for title in contest.variants
    ]
    with _database():
        for number in range(options.rounds):
            for each in contestants:
                print(f"Round {number + 1} of {options.rounds}: {each.title}", file=sys.stderr, flush=True)
                _run(contest, each)
    print(_table(contest, contestants))
    return None


def _perform(contest: Contest, title: str) -> None:
    connection.ensure_connection()
    begin = time.perf_counter()
    progress = contest.variants[title]()
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "longest": getattr(progress, "longest", seconds)}))


@contextmanager
def _database() -> Iterator[None]:
    with _served() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        with _served() as cursor:
            cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@contextmanager
def _served() -> Iterator[psycopg.Cursor[Any]]:
    """The configured database, from which the benchmark's own is made."""
    known = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {name: known[key] for name, key in names.items() if known[key]}
    with psycopg.connect(dbname=SERVED, autocommit=True, **given) as session, session.cursor() as cursor:
        yield cursor


def _run(contest: Contest, each: Contestant) -> None:
    with connection.cursor() as cursor:
        for statement in contest.restore:
            cursor.execute(statement, [each.rows] if "%s" in statement else None)
        cursor.execute("CHECKPOINT")
    command = [sys.executable, "-m", contest.module, "--variant", each.title]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured = json.loads(done.stdout)
    assert contest.changed(each.rows) == 0, f"{each.title} left something undone"
    each.seconds.append(measured["seconds"])
    each.longest.append(measured["longest"])


def _table(contest: Contest, contestants: list[Contestant]) -> str:
    """The first of them is the limit."""
    limit = contestants[0]
    lines = ["| what | rows | rows/s, median (min-max) | to the limit | longest transaction, ms |"]
    lines.append("|" + "---|" * 5)
    for each in contestants:
        rates = [each.rows / seconds for seconds in each.seconds]
        limits = [limit.rows / seconds for seconds in limit.seconds]
        # In the same round, since a shared machine is not equally fast in all.
        ratio = median(a / b for a, b in zip(rates, limits, strict=True))
        rate = f"{median(rates):,.0f} ({min(rates):,.0f}-{max(rates):,.0f})"
        longest = f"{1_000 * median(each.longest):,.0f}"
        lines.append(f"| {each.title} | {each.rows:,} | {rate} | {ratio:.3g} | {longest} |")
    return "\n".join(lines)

"""Two beats at once that are killed again and again: what became of each slot that was planned."""

import random
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.models.run import Run
from jobs.models.slot import Slot
from tests.nodes.process import Process
from tests.nodes.waiting import wait_until
from tests.nodes.worker import celery, start

SCHEDULES = 4
LATEST_START = timedelta(seconds=1)  # from now; the beats are not up by then, which is the first fault
CUT_THE_LEADER = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_locks
WHERE locktype = 'advisory' AND granted
AND (classid::bigint << 32 | objid::bigint) = hashtextextended('tasks:beat', 0)
"""

Planned = set[tuple[str, datetime]]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Of slots; `kills` are of processes, `cuts` of the leader's connection to the database."""

    planned: int
    fired: int
    missing: int
    doubled: int
    kills: int
    cuts: int


def two_beats(
    seconds: float, slots: int, seed: int, *, environment: Mapping[str, str], directory: Path
) -> Counts:
    """Plan so many slots over so many seconds, let two beats keep them, and do harm by that seed.

    Empties the schedules of the database, and leaves the ledger as it was written.
    """
    planned = plan(seconds, slots)
    beats = [_beat(number, environment, directory) for number in (1, 2)]
    try:
        kills, cuts = harm(beats, random.Random(seed), until=time.monotonic() + seconds)
        with suppress(AssertionError):  # the counts say it
            wait_until(lambda: planned <= fired(), within=30)
    finally:
        for beat in beats:
            beat.kill("SIGKILL")
    return count(planned, kills=kills, cuts=cuts)


def plan(seconds: float, slots: int) -> Planned:
    """Schedules by interval, a little apart from each other. Says which slots they have in that time."""
    PeriodicTask.objects.all().delete()
    each = slots // SCHEDULES
    every = timedelta(microseconds=int(seconds / each * 1_000_000))
    interval = IntervalSchedule.objects.create(
        every=every // timedelta(microseconds=1), period=IntervalSchedule.MICROSECONDS
    )
    planned: Planned = set()
    for number in range(SCHEDULES):
        begin = timezone.now() + LATEST_START + number * every / SCHEDULES
        name = f"every {every.total_seconds():g} s, {number}"
        PeriodicTask.objects.create(
            name=name,
            task="greet",
            kwargs='{"name": "Ada"}',
            headers='{"missed": "all"}',  # where no beat comes up for a minute, between so many kills
            interval=interval,
            start_time=begin,
        )
        planned |= {(name, begin + turn * every) for turn in range(each)}
    return planned


def harm(beats: list[Process], chance: random.Random, *, until: float) -> tuple[int, int]:
    """Every few seconds kill one beat, or both, or let one hang, or cut the leader off. Says how often."""
    kills = cuts = 0
    while (wait := chance.uniform(0.5, 5)) < until - time.monotonic():
        time.sleep(wait)  # the fault's own moment; there is no condition to wait for
        match chance.choice(("kill one", "kill both", "hang", "go on", "cut")):
            case "cut":
                cuts += _cut_the_leader()
            case "hang":
                chance.choice(beats).kill("SIGSTOP")
            case "go on":
                _go_on(beats)
            case deed:
                kills += _restart([chance.choice(beats)] if deed == "kill one" else beats)
    _go_on(beats)
    return kills, cuts


def fired() -> Planned:
    return set(Slot.objects.exclude(run=None).values_list("schedule", "planned_for"))


def count(planned: Planned, *, kills: int, cuts: int) -> Counts:
    until = {name: max(each for of, each in planned if of == name) for name, _ in planned}
    kept = {(name, moment) for name, moment in fired() if moment <= until[name]}
    # Nothing else here is run by schedule: a run that no slot knows was started beside one that does.
    stray = Run.objects.filter(origin=Run.Origin.SCHEDULE, slots=None).count()
    return Counts(
        planned=len(planned),
        fired=len(kept),
        missing=len(planned - kept),
        doubled=len(kept - planned) + stray,
        kills=kills,
        cuts=cuts,
    )


def one_beat_and_its_successor(*, environment: Mapping[str, str], directory: Path) -> Counts:
    """The first dies with a slot in its hand. Empties the schedules, their ledger and the table of runs."""
    Slot.objects.all().delete()
    Run.objects.all().delete()
    planned = plan(seconds=2, slots=SCHEDULES)
    dying = celery("beat", "--pidfile=")
    dying[dying.index("project")] = "tests.faults.dying_beat"
    first = start("beat-1", directory, dict(environment), dying)
    wait_until(lambda: first.status == "exited", within=30, about=f"it dies\n{first.logs()}")
    assert not fired(), "it was to die before its first commit"
    second = _beat(2, environment, directory)
    try:
        with suppress(AssertionError):  # the counts say it
            wait_until(lambda: planned <= fired(), within=30)
    finally:
        second.kill("SIGKILL")
    return count(planned, kills=1, cuts=0)


def _beat(number: int, environment: Mapping[str, str], directory: Path) -> Process:
    command = celery("beat", "--pidfile=", "--loglevel", "INFO")
    return start(f"beat-{number}", directory, dict(environment), command)


def _restart(victims: list[Process]) -> int:
    for victim in victims:
        victim.kill("SIGKILL")
    for victim in victims:
        victim.start()
    return len(victims)


def _go_on(beats: list[Process]) -> None:
    for beat in beats:
        beat.kill("SIGCONT")


def _cut_the_leader() -> int:
    with connection.cursor() as cursor:
        cursor.execute(CUT_THE_LEADER)
        return len(cursor.fetchall())

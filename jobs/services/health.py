"""Whether the service can do its work: what it needs, looked at piece by piece."""

import shutil
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Annotated

from annotated_types import Ge, Le
from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from rich.filesize import decimal
from typing_extensions import Doc

from jobs.models.heartbeat import Heartbeat
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.progress import Progress, silent
from jobs.services.diagnosis import (
    Diagnosis,
    Finding,
    duration_words,
    failure,
    good,
    refuse_failures,
    warning,
    worst,
)

STARTS = {
    # The workers of the Procfile name their queues; without names a worker takes `default` only.
    "worker": "celery -A project worker --queues bulk,default",
    "beat": "celery -A project beat",
}
UNKNOWN = failure("", "Not known while the database does not answer.")
NO_TABLES = failure("", "Not known: the tables are missing; run `python manage.py migrate`.")
MAX_WAIT = timedelta(minutes=10)
CLOCK_WARNS, CLOCK_FAILS = timedelta(seconds=1), timedelta(seconds=30)
DISK_FAILS = 2  # percent


def _nobody_can_ask() -> Finding:
    """Until the room of tasks has said how the broker is asked."""
    return warning("not asked", "The broker cannot be asked from here: run this in a process of the service.")


ask_broker: Callable[[], Finding] = _nobody_can_ask


def check_health(
    *,
    max_wait: Annotated[timedelta, Doc("warn where a run that is due has waited longer")] = MAX_WAIT,
    min_disk: Annotated[int, Ge(0), Le(100), Doc("warn where less of the disk is free, in percent")] = 10,
    progress: Progress = silent,
) -> Diagnosis:
    """Look whether the service can do its work: database, broker, workers, queues, beat, disk, clock.

    Fails where one of them is missing, and says what to do.
    """
    checks = essentials()
    answers = checks["database"].advice == ""
    probes: dict[str, Callable[[], Finding]] = {
        "queues": lambda: check_queues(max_wait),
        "migrations": check_migrations,
        "clock": check_clock,
    }
    checks |= {name: _asked(probe) if answers else UNKNOWN for name, probe in probes.items()}
    checks["disk"] = check_disk(min_disk)
    diagnosis = Diagnosis(status=worst(checks.values()), checks=checks)
    refuse_failures(diagnosis)
    return diagnosis


def essentials() -> dict[str, Finding]:
    """What nothing goes on without: database, broker, workers, beat."""
    database = check_connection()
    answers = database.advice == ""
    return {
        "database": database,
        "broker": ask_broker(),
        "workers": _asked(lambda: check_process("worker")) if answers else UNKNOWN,
        "beat": _asked(lambda: check_process("beat")) if answers else UNKNOWN,
    }


def check_connection() -> Finding:
    try:
        with connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute("SHOW server_version")
            (version,) = cursor.fetchone()
    except (DatabaseError, InterfaceError):
        return failure(
            "no answer", "The database does not answer: start PostgreSQL, or correct DATABASE_URL."
        )
    took = duration_words(timedelta(seconds=time.perf_counter() - began))
    return good(f"PostgreSQL {version.split()[0]} answers in {took}")


def check_process(kind: str) -> Finding:
    """A worker or beat that was heard from lately."""
    alive = Heartbeat.objects.fresh(kind).count()
    if not alive:
        return failure("none", f"No {kind} was heard from: start one with `{STARTS[kind]}`.")
    return good(f"{alive} heard from in the last 30 s")


def check_queues(max_wait: timedelta) -> Finding:
    """The runs that are due, and whether somebody takes them."""
    waiting, paused = Run.objects.waiting(), sorted(Queue.objects.paused())
    due = sum(count for count, _ in waiting.values())
    longest = max((wait for _, wait in waiting.values()), default=timedelta(0))
    figure = f"{due:,} due, the longest for {duration_words(longest)}" if due else "nothing waits"
    if unserved := _unserved(waiting.keys() - set(paused)):
        names = ", ".join(unserved)
        return failure(f"{figure}; no worker takes {names}", f"Start one with `{start_worker(unserved)}`.")
    if paused:
        names = ", ".join(paused)
        return warning(
            f"{figure}; paused: {names}",
            f"Nothing of a paused queue begins until: python manage.py queues resume {paused[0]}.",
        )
    if longest <= max_wait:
        return good(figure)
    late = ", ".join(sorted(name for name, (_, wait) in waiting.items() if wait > max_wait))
    return warning(figure, f"Runs of {late} wait too long for a worker: start more of them.")


def start_worker(queues: Iterable[str]) -> str:
    """The command that starts one for those queues."""
    return f"celery -A project worker --queues {','.join(queues)}"


def _unserved(queues: Iterable[str]) -> list[str]:
    """Those that no worker takes; where there is no worker at all, another check says so."""
    workers = list(Heartbeat.objects.fresh("worker"))
    return sorted(name for name in queues if workers and not any(each.serves(name) for each in workers))


def check_disk(min_disk: int) -> Finding:
    """Where uploads and artifacts are kept."""
    disk = shutil.disk_usage(settings.VAR)
    free = 100 * disk.free / disk.total
    figure = f"{decimal(disk.free)} free ({free:.0f} %)"
    advice = "Free some of it: `python manage.py cleanup_runs` deletes the files of old runs."
    if free < min(min_disk, DISK_FAILS):
        return failure(figure, f"The disk of NIGHTSHIFT_VAR is full. {advice}")
    if free < min_disk:
        return warning(figure, f"The disk of NIGHTSHIFT_VAR fills up. {advice}")
    return good(figure)


def check_migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return failure(f"{missing} missing", "Run `python manage.py migrate`, then start the workers again.")
    return good(f"all {len(executor.loader.applied_migrations)} applied")


def check_clock() -> Finding:
    """This machine's beside PostgreSQL's: leases go by the one, and schedules by the other."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    # In the middle of question and answer, so that a slow connection is taken for no wrong clock.
    ours = before + (timezone.now() - before) / 2
    apart = abs(ours - theirs)
    figure = f"{duration_words(apart)} {'behind' if ours < theirs else 'ahead of'} PostgreSQL's"
    advice = "Set this machine's clock and the database's by NTP: schedules and leases go by them."
    if apart > CLOCK_FAILS:
        return failure(figure, advice)
    return warning(figure, advice) if apart > CLOCK_WARNS else good(figure)


def _asked(probe: Callable[[], Finding]) -> Finding:
    try:
        return probe()
    except (OperationalError, InterfaceError):
        return UNKNOWN
    except Error:
        return NO_TABLES

"""Many runs once more, with the same parameters."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from jobs import catalog
from jobs.exceptions import NightshiftError
from jobs.job import Job, Overlap
from jobs.kinds import Kind
from jobs.models.run import Origin, Run
from jobs.queue import enqueue

if TYPE_CHECKING:
    from django.contrib.auth.models import User

AT_ONCE = 2_000  # rows of one statement


@dataclass(kw_only=True)
class Retried:
    """`refused` counts those that were not started, by the sentence that says why."""

    started: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def retry_all(keys: Sequence[UUID], *, started_by: "User", jobs: Collection[str]) -> Retried:
    """Those of the named jobs, in the caller's transaction; the dispatcher publishes them after it."""
    retried = Retried()
    for first in range(0, len(keys), AT_ONCE):
        runs = Run.objects.filter(pk__in=keys[first : first + AT_ONCE]).only("job", "parameters")
        simple = [run for run in runs.order_by("pk") if _is_simple(run, retried, started_by, jobs)]
        retried.started += _copy(simple, started_by)
    return retried


def _is_simple(run: Run, retried: Retried, started_by: "User", jobs: Collection[str]) -> bool:
    """Whether it is started with many others; if not, it is started here, or refused."""
    job = catalog.JOBS.get(run.job)
    if job is None:
        retried.refused[f"There is no job {run.job!r} any more"] += 1
    elif job.name not in jobs:
        retried.refused[f"You may not run {job.name}"] += 1
    elif job.overlap is Overlap.SKIP or job.risk or job.jobs_named_in or _names_a_file(job, run):
        _one(job, run, retried, started_by)
    else:
        return True
    return False


def _names_a_file(job: Job, run: Run) -> bool:
    """One to write, which a command may, and who repeats its run in the console may not."""
    return any(item.kind is Kind.OUTPUT and run.parameters.get(item.name) for item in job.parameters.items)


def _one(job: Job, run: Run, retried: Retried, started_by: "User") -> None:
    # Only the door itself knows whether another is active, what has to be confirmed, and who may name what.
    try:
        enqueue(job, run.parameters, origin=Origin.CONSOLE, started_by=started_by)
        retried.started += 1
    except NightshiftError as refused:
        retried.refused[str(refused)] += 1


def _copy(runs: Sequence[Run], started_by: "User") -> int:
    """In one statement: what was parsed when it was first started is not even read here."""
    jobs = [catalog.JOBS[run.job] for run in runs]
    values: dict[str, Any] = {
        **{"new": [uuid7() for _ in runs], "old": [run.pk for run in runs]},
        "lane": [job.lane(run.parameters) for job, run in zip(jobs, runs, strict=True)],
        **{"queue": [job.queue for job in jobs], "priority": [job.priority for job in jobs]},
        **{"origin": Origin.CONSOLE.value, "person": started_by.pk},
    }
    with connection.cursor() as cursor:
        cursor.execute(COPY, values)
    return len(runs)


# The columns without a default in the database are named; those that a run gets as it goes on have none here.
COPY = """
INSERT INTO jobs_run (id, job, parameters, lane, queue, priority, origin, started_by_id,
                      state, attempt, worker, done, message, counters, error, schedule)
SELECT again.new, run.job, run.parameters, again.lane, again.queue, again.priority, %(origin)s, %(person)s,
       'queued', 0, '', 0, '', '{}', '', ''
FROM unnest(%(new)s::uuid[], %(old)s::uuid[], %(lane)s::text[], %(queue)s::text[], %(priority)s::smallint[])
     AS again (new, old, lane, queue, priority)
JOIN jobs_run run ON run.id = again.old
"""

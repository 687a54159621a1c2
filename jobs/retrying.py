"""Many runs once more, with the same parameters."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from jobs import catalog
from jobs.exceptions import NightshiftError
from jobs.job import Job, Overlap
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
        new = [
            _again(run, started_by)
            for run in runs.order_by("pk")
            if _is_simple(run, retried, started_by, jobs)
        ]
        retried.started += len(Run.objects.bulk_create(new))
    return retried


def _is_simple(run: Run, retried: Retried, started_by: "User", jobs: Collection[str]) -> bool:
    """Whether it is started with many others; if not, it is started here, or refused."""
    job = catalog.JOBS.get(run.job)
    if job is None:
        retried.refused[f"There is no job {run.job!r} any more"] += 1
    elif job.name not in jobs:
        retried.refused[f"You may not run {job.name}"] += 1
    elif job.overlap is Overlap.SKIP:
        _one(job, run, retried, started_by)
    else:
        return True
    return False


def _one(job: Job, run: Run, retried: Retried, started_by: "User") -> None:
    # Only the door itself knows whether another is active.
    try:
        enqueue(job, run.parameters, origin=Origin.CONSOLE, started_by=started_by)
        retried.started += 1
    except NightshiftError as refused:
        retried.refused[str(refused)] += 1


def _again(run: Run, started_by: "User") -> Run:
    """What was parsed when it was first started is not parsed here again; the worker does so in any case."""
    job = catalog.JOBS[run.job]
    return Run(
        **{"job": job.name, "parameters": run.parameters, "lane": job.lane(run.parameters)},
        **{"queue": job.queue, "priority": job.priority, "origin": Origin.CONSOLE, "started_by": started_by},
    )

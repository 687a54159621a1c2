"""The limits that jobs declare: how many runs of a lane run, and who waits for its turn."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Now

from jobs import catalog
from jobs.job import Job, Overlap
from jobs.models.run import Run
from jobs.models.state import State

LANES_SHOWN = 50  # a job may have one for each customer
RUNS_SHOWN = 3  # of each lane


@dataclass(frozen=True, kw_only=True)
class Lane:
    """What counts for one limit: `running` of at most `limit`, and `waiting` that are due.

    `value` says which, where the job has a lane for each value of some parameters. `runs` are the first of
    those that run.
    """

    value: str
    limit: int
    running: int
    waiting: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A job with a limit, the limit in words, and its lanes with active runs."""

    job: str
    words: str
    lanes: tuple[Lane, ...]


def rules(running: Iterable[Run]) -> list[Rule]:
    """Those with active runs first; one statement, however many jobs and lanes there are.

    `running` are all runs that run, as whoever lists the workers has them already.
    """
    limited = {job.name: job for job in catalog.JOBS.values() if job.has_lanes}
    lanes = _lanes(limited, running)
    found = [Rule(job=name, words=rule_words(job), lanes=tuple(lanes[name])) for name, job in limited.items()]
    return sorted(found, key=lambda each: (not each.lanes, each.job))


def rule_words(job: Job) -> str:
    each = f" for each {' and '.join(job.overlap_by)}" if job.overlap_by else ""
    if job.overlap is Overlap.SKIP:
        return f"one at a time{each}: another is refused"
    many = "one" if job.limit == 1 else f"{job.limit:,}"
    return f"{many} at a time{each}: others wait for their turn"


def _lanes(limited: Mapping[str, Job], running: Iterable[Run]) -> dict[str, list[Lane]]:
    runs: dict[str, list[Run]] = defaultdict(list)
    for run in running:
        runs[run.lane].append(run)
    found: dict[str, list[Lane]] = defaultdict(list)
    for job, lane, counted, waiting in _counted(limited):
        facts: dict[str, Any] = {"limit": limited[job].limit or 1, "running": counted, "waiting": waiting}
        found[job].append(Lane(value=_value(job, lane), runs=tuple(runs[lane][:RUNS_SHOWN]), **facts))
    return found


def _counted(limited: Collection[str]) -> Iterable[tuple[str, str, int, int]]:
    """Job, lane, how many run and how many wait; the fullest first."""
    running = Count("pk", Q(state=State.RUNNING))
    waiting = Count("pk", Q(state=State.QUEUED, awaits="", not_before__lte=Now()))
    active = Run.objects.filter(finished_at=None, job__in=limited).exclude(lane="").values("job", "lane")
    counted = active.annotate(running=running, waiting=waiting).order_by(
        "-waiting", "-running", "job", "lane"
    )
    return counted.values_list("job", "lane", "running", "waiting")[:LANES_SHOWN]


def _value(job: str, lane: str) -> str:
    """`migrate_data ["merge"]` is the lane of "merge"."""
    values = lane.removeprefix(job).strip()
    return ", ".join(map(str, json.loads(values))) if values else ""

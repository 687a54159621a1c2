"""Failed runs that nobody has looked at.

A run is looked at where a person who may run it again opens its page, or says so for all of them. Whatever
failed below a run that failed too is told by that one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Left, Now, TruncDate
from django.utils import timezone

from console.presentation import job_title
from jobs.models.acknowledgement import Acknowledgement
from jobs.models.day_figures import DayFigures
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.state import State
from jobs.wording import first_line

LOOKED_BACK = timedelta(days=7)  # what nobody has missed for longer is history
MOST = 1_000  # of the last runs that failed
SHOWN = 500  # characters of an error


class Failed(NamedTuple):
    """A run of them; as a row and not as a record, since there may be a thousand."""

    pk: UUID
    job: str
    finished_at: datetime
    error: str
    mended_on: date | None  # a later day on which runs of its job have succeeded


@dataclass(frozen=True, kw_only=True)
class Failures:
    """Of one job; `last` is the latest of them, `since` when the first one ended."""

    job: str
    count: int
    last: Failed
    since: datetime

    @property
    def title(self) -> str:
        return job_title(self.job)

    @property
    def error(self) -> str:
        return first_line(self.last.error)


def unseen() -> RunQuerySet:
    # By `ended`, in the order of its index; what else is asked is asked of the few that it leads to.
    latest = Run.objects.public().filter(ended=State.FAILED).latest_first().values("pk")[:MOST]
    recent = Run.objects.filter(pk__in=latest, finished_at__gt=Now() - LOOKED_BACK, acknowledgement=None)
    return recent.exclude(parent__state=State.FAILED)


def unseen_failures() -> list[Failures]:
    """By job, the latest first."""
    by_job: dict[str, list[Failed]] = defaultdict(list)
    ended_on = TruncDate("finished_at", tzinfo=timezone.get_default_timezone())
    # By the figures of the days: to look through the runs of a busy job would take long. Their last day and
    # not whether there is one: for that the planner reads the whole table, once for each run.
    later = DayFigures.objects.filter(job=OuterRef("job"), day__gt=OuterRef("ended_on"), succeeded__gt=0)
    mended_on = Subquery(later.order_by().values("job").annotate(last=Max("day")).values("last"))
    latest_first = unseen().annotate(ended_on=ended_on).order_by("-finished_at")
    names = ("pk", "job", "finished_at", Left("error", SHOWN), mended_on)
    for row in latest_first.values_list(*names):
        failed = Failed(*row)
        by_job[failed.job].append(failed)
    return [
        Failures(job=job, count=len(runs), last=runs[0], since=runs[-1].finished_at)
        for job, runs in by_job.items()
    ]


def acknowledge_all(user: User, *, until: datetime, job: str = "") -> int:
    """That person has seen all that failed up to then, of that job or of any; how many."""
    runs = unseen().filter(finished_at__lte=until, **({"job": job} if job else {}))
    keys = list(runs.values_list("pk", flat=True))
    Acknowledgement.objects.acknowledge(keys, user)
    return len(keys)


def acknowledge(user: User, runs: Iterable[Run]) -> None:
    """That person has looked at those of them that have failed."""
    if failed := [run.pk for run in runs if run.state == State.FAILED]:
        Acknowledgement.objects.acknowledge(failed, user)

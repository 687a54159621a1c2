"""What comes next: the slots of schedules, and runs that wait for their time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from console.links import job_url
from console.presentation import job_title
from jobs.models.run import Run
from jobs.models.state import State
from tasks.plan import Plan

AHEAD = timedelta(hours=24)
MOST_RUNS = 20
SLOTS_SHOWN = 3
NEEDED = ("job", "state", "failures", "awaits", "not_before", "schedule")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """`at` is in the zone that its people think in; `then` are the times after that one."""

    at: datetime
    title: str
    why: str
    url: str
    then: tuple[datetime, ...] = ()

    @property
    def zone(self) -> str:
        """Named where it is not the service's."""
        name = str(self.at.tzinfo)
        return "" if name == settings.TIME_ZONE else name


def planned(plans: Iterable[Plan], now: datetime) -> list[Planned]:
    """Of the next 24 hours, the first one first."""
    return sorted([*_of_schedules(plans, now), *_of_runs()], key=lambda each: each.at)


def _of_schedules(plans: Iterable[Plan], now: datetime) -> Iterator[Planned]:
    for plan in plans:
        slots = plan.coming(now, within=AHEAD, at_most=SLOTS_SHOWN)
        if slots:
            why = "by its schedule" if plan.name == plan.job else f"by the schedule “{plan.name}”"
            title, url = job_title(plan.job), job_url(plan.job)
            yield Planned(at=slots[0], title=title, why=why, url=url, then=tuple(slots[1:]))


def _of_runs() -> Iterator[Planned]:
    # Who waits for a time is not published before it, and that time is in the index of what has not ended.
    waiting = Run.objects.public().filter(finished_at=None, state=State.QUEUED, awaits="")
    waiting = waiting.filter(publish_after__gt=Now(), not_before__gt=Now(), not_before__lt=Now() + AHEAD)
    for run in waiting.only(*NEEDED).order_by("not_before")[:MOST_RUNS]:
        why = "its next attempt" if run.waits_for_retry else "was put off until then"
        url = reverse("run", args=[run.pk])
        yield Planned(at=timezone.localtime(run.not_before), title=job_title(run.job), why=why, url=url)

"""The schedules as they are read: each with what it did last, and what it does next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django_celery_beat.models import PeriodicTask

from jobs.models.slot import Slot
from tasks.coming import FAR, next_slots, zone_of
from tasks.missed import GRACE
from tasks.slots import LONG_AGO, Unreadable

SLOT = ("planned_for", "outcome", "reason")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`last` is the last slot in the ledger, as far as SLOT says."""

    schedule: PeriodicTask
    last: Slot | None

    @property
    def name(self) -> str:
        return str(self.schedule.name)

    @property
    def job(self) -> str:
        return str(self.schedule.task)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(zone_of(self.schedule))

    def coming(self, now: datetime, *, within: timedelta = FAR, at_most: int = 1) -> list[datetime]:
        """The next slots, in its zone; none where it cannot be read."""
        return self._slots(now, now + within, at_most)

    def overdue(self, now: datetime) -> datetime | None:
        """The first slot that beat should have kept by now, and has not."""
        # A slot is kept within a second of a beat that lives; later than its grace, it counts as late.
        return next(iter(self._slots(LONG_AGO, now - GRACE, 1)), None)

    def _slots(self, after: datetime, until: datetime, at_most: int) -> list[datetime]:
        try:
            return next_slots(self.schedule, after, until, at_most=at_most)
        except Unreadable:
            return []  # The page of schedules says it.


def all_schedules() -> QuerySet[PeriodicTask]:
    """By name, with what says when they are due."""
    schedules: QuerySet[PeriodicTask] = PeriodicTask.objects.order_by("name")
    return schedules.select_related("crontab", "interval", "solar", "clocked")


def plans() -> list[Plan]:
    """By name, with one query however many."""
    last = Slot.objects.filter(schedule=OuterRef("name")).latest_first()
    facts = {f"last_{name}": Subquery(last.values(name)[:1]) for name in SLOT}
    return [Plan(schedule=each, last=_last(each)) for each in all_schedules().annotate(**facts)]


def _last(schedule: Any) -> Slot | None:
    facts = {name: getattr(schedule, f"last_{name}") for name in SLOT}
    return Slot(schedule=schedule.name, **facts) if facts["planned_for"] else None

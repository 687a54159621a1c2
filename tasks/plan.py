"""The schedules as they are read: each with what it did last, and what it does next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django_celery_beat.models import PeriodicTask

from jobs.models.slot import Slot
from tasks.coming import FAR, next_slots, zone_of
from tasks.missed import GRACE
from tasks.slots import LONG_AGO, Unreadable


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`last` is the last slot in the ledger."""

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
    """By name, with two queries however many."""
    schedules = list(all_schedules())
    last = Slot.objects.latest_of([each.name for each in schedules], 1)
    return [Plan(schedule=each, last=next(iter(last[each.name]), None)) for each in schedules]

"""What each schedule did last and does next, read with one query for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django_celery_beat.models import PeriodicTask

from jobs.models.slot import Slot
from tasks.missed import GRACE
from tasks.slots import LONG_AGO, slots

FAR = timedelta(days=366 * 9)  # a leap day comes again within eight years


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`last_slot`, `outcome` and `reason` are of the last slot in the ledger; empty where there is none."""

    schedule: PeriodicTask
    last_slot: datetime | None
    outcome: str
    reason: str

    @property
    def name(self) -> str:
        return str(self.schedule.name)

    @property
    def job(self) -> str:
        return str(self.schedule.task)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(str(self.schedule.crontab.timezone if self.schedule.crontab else settings.TIME_ZONE))

    def coming(self, now: datetime, *, within: timedelta = FAR, at_most: int = 1) -> list[datetime]:
        """The next slots, in its zone; none where it cannot be read."""
        return self._read(lambda: list(islice(slots(self.schedule, now, now + within), at_most)))

    def overdue(self, now: datetime) -> datetime | None:
        """The first slot that beat should have kept by now, and has not."""
        # A slot is kept within a second of a beat that lives; later than its grace, it counts as late.
        found = self._read(lambda: list(islice(slots(self.schedule, LONG_AGO, now - GRACE), 1)))
        return found[0] if found else None

    def _read(self, find: Callable[[], list[datetime]]) -> list[datetime]:
        try:
            return [slot.astimezone(self.zone) for slot in find()]
        except Exception:  # whatever a person could write into the table; the page of schedules says it
            return []


def plans() -> list[Plan]:
    """By name."""
    last = Slot.objects.filter(schedule=OuterRef("name")).latest_first()
    names = ("planned_for", "outcome", "reason")
    facts = {f"slot_{name}": Subquery(last.values(name)[:1]) for name in names}
    kinds = ("crontab", "interval", "solar", "clocked")
    schedules: Any = PeriodicTask.objects.select_related(*kinds).annotate(**facts).order_by("name")
    return [
        Plan(
            schedule=each,
            last_slot=each.slot_planned_for,
            outcome=each.slot_outcome or "",
            reason=each.slot_reason or "",
        )
        for each in schedules
    ]

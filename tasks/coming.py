"""The next times of a schedule, by the clock of its zone, with what the changes of that clock do to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from django.conf import settings
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from tasks.clock_changes import ClockChange, clock_changes, effect
from tasks.slots import slots

FAR = timedelta(days=366 * 9)  # a leap day comes again within eight years
YEAR = timedelta(days=366)
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class NextTime:
    """`slot` is in the schedule's zone; `note` says what a change of the clock does there."""

    slot: datetime
    note: str


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """`changes` are the sentences of a year: what the clock does to times that may be far away."""

    zone: str
    times: list[NextTime]
    changes: list[str]


def zone_of(schedule: PeriodicTask) -> str:
    """The service's where it has no crontab."""
    return str(schedule.crontab.timezone) if schedule.crontab else settings.TIME_ZONE


def next_slots(
    schedule: PeriodicTask, after: datetime, until: datetime, *, at_most: int = 1
) -> list[datetime]:
    """The first ones in (after, until], in its zone. Raises Unreadable."""
    zone = ZoneInfo(zone_of(schedule))
    return [slot.astimezone(zone) for slot in islice(slots(schedule, after, until), at_most)]


def outlook(schedule: PeriodicTask, now: datetime) -> Outlook:
    """Raises Unreadable."""
    zone = ZoneInfo(zone_of(schedule))
    found = next_slots(schedule, now, now + FAR, at_most=SHOWN)
    effects = _effects(schedule.crontab, zone, now, max([now + YEAR, *found])) if schedule.crontab else {}
    times = [
        NextTime(slot=slot, note=_note(slot, previous, effects)) for previous, slot in pairwise([now, *found])
    ]
    changes = [sentence for change, sentence in effects.items() if change.moment <= now + YEAR]
    return Outlook(zone=str(zone), times=times, changes=changes)


def _effects(
    row: CrontabSchedule, zone: ZoneInfo, after: datetime, until: datetime
) -> dict[ClockChange, str]:
    found = ((change, effect(row, change)) for change in clock_changes(zone, after, until))
    return {change: sentence for change, sentence in found if sentence}


def _note(slot: datetime, previous: datetime, effects: dict[ClockChange, str]) -> str:
    """Of a time that comes twice, both have it; of one that does not exist, the first that follows."""
    wall = slot.replace(tzinfo=None)
    return "; ".join(
        sentence
        for change, sentence in effects.items()
        if (previous < change.moment <= slot if change.is_forward else change.holds(wall))
    )

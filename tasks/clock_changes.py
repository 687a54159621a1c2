"""What a zone's change of the clock does to a cron line: times that do not exist, or come twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from celery.schedules import crontab
from django_celery_beat.models import CrontabSchedule

from tasks.cron_line import is_fixed, is_on, parsed

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """At `moment` the clock on the wall goes from `before` to `after`, which have no zone."""

    moment: datetime
    before: datetime
    after: datetime

    @property
    def is_forward(self) -> bool:
        return self.after > self.before

    def holds(self, wall: datetime) -> bool:
        """Whether that time of the clock does not exist, or comes twice."""
        return min(self.before, self.after) <= wall < max(self.before, self.after)


def clock_changes(zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[ClockChange]:
    day = after.astimezone(UTC).replace(second=0, microsecond=0)
    while day < until:
        if _offset(day, zone) != _offset(day + DAY, zone):
            change = _change(day, zone)
            if after < change.moment <= until:
                yield change
        day += DAY


def effect(row: CrontabSchedule, change: ClockChange) -> str:
    """A sentence about the times that it meets, as tasks/slots.py keeps them; empty where there are none."""
    cron = parsed(row)
    first = min(change.before, change.after)
    days = [day for day in (first.date(), max(change.before, change.after).date()) if is_on(cron, day)]
    walls = [datetime.combine(day, time(*at)) for day in days for at in product(cron.hour, cron.minute)]
    met = sorted({wall for wall in walls if change.holds(wall)})
    if not met:
        return ""
    return f"{_times(met)} {_what_happens(change, len(met) == 1)}: it {_what_it_does(row, cron, change)}"


def _change(day: datetime, zone: ZoneInfo) -> ClockChange:
    """The first minute of the other offset, by halves."""
    low, high = 0, DAY // MINUTE
    while high - low > 1:
        middle = (low + high) // 2
        is_before = _offset(day + middle * MINUTE, zone) == _offset(day, zone)
        low, high = (middle, high) if is_before else (low, middle)
    moment = day + high * MINUTE
    before, after = ((moment + _offset(at, zone)).replace(tzinfo=None) for at in (day, moment))
    return ClockChange(moment=moment, before=before, after=after)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _what_happens(change: ClockChange, is_one: bool) -> str:
    day = min(change.before, change.after)
    when = f"on {day.day} {day:%b %Y}, when the clock goes from {change.before:%H:%M} to {change.after:%H:%M}"
    if change.is_forward:
        return f"{'does' if is_one else 'do'} not exist {when}"
    return f"{'comes' if is_one else 'come'} twice {when}"


def _what_it_does(row: CrontabSchedule, cron: crontab, change: ClockChange) -> str:
    if is_fixed(row, cron):
        return f"runs at {change.after:%H:%M}" if change.is_forward else "runs the first time only"
    return "is left out" if change.is_forward else "runs both times"


def _times(walls: Sequence[datetime]) -> str:
    texts = [f"{wall:%H:%M}" for wall in walls]
    if len(texts) > 3:
        return f"{texts[0]} to {texts[-1]} ({len(texts)} times)"
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))

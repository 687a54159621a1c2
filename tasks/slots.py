"""When a schedule is due: the slots of a row of django-celery-beat, by arithmetic alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from celery.schedules import crontab
from django_celery_beat.models import PeriodicTask

from tasks.cron_line import is_fixed, is_on, parsed

INSTANT = timedelta.resolution
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Unreadable(ValueError):
    """What the row of a schedule says is no time."""


def slots(schedule: PeriodicTask, after: datetime, until: datetime) -> Iterator[datetime]:
    """The slots in (after, until], oldest first; none while the schedule is disabled. Raises Unreadable."""
    if not schedule.enabled:
        return
    after = max(after, beginning(schedule)).astimezone(UTC)
    until = (min(until, schedule.expires - INSTANT) if schedule.expires else until).astimezone(UTC)
    walk = next((walk for kind, walk in WALKS.items() if getattr(schedule, kind) is not None), None)
    if walk is None:
        raise Unreadable(f"Schedule {schedule.name} has neither crontab nor interval")
    try:
        yield from islice(walk(schedule, after, until), 1 if schedule.one_off else None)
    except Exception as error:  # whatever a person could write into the table
        raise Unreadable(str(error) or type(error).__name__) from error


def newest(schedule: PeriodicTask, until: datetime, *, at_most: int) -> tuple[list[datetime], bool]:
    """The latest slots not kept yet, oldest first, and whether there are others before them."""
    begin = beginning(schedule)
    found = list(islice(slots(schedule, begin, until), at_most + 1))
    if len(found) <= at_most:
        return found, False
    # Backwards in windows that grow: a million slots are passed over without a look at each.
    window = timedelta(milliseconds=1)
    while len(found := list(slots(schedule, max(begin, until - window), until))) < at_most:
        window *= 2
    return found[-at_most:], True


def beginning(schedule: PeriodicTask) -> datetime:
    """Its next slot is after that: the last one, or else when it was made or is to start."""
    made = LONG_AGO if schedule.clocked else schedule.date_changed
    start = schedule.start_time - INSTANT if schedule.start_time else LONG_AGO
    return max(schedule.last_run_at or made, start)


def _crontab(schedule: PeriodicTask, after: datetime, until: datetime) -> Iterator[datetime]:
    """As Debian's cron: a fixed hour follows the clock on the wall, a `*` follows the time that passes.

    The library cronsim does the same but for Lord Howe, whose clock changes by half an hour, and reads a day
    of the month with a weekday as "either", where Celery means both.
    """
    zone = schedule.crontab.timezone
    cron = parsed(schedule.crontab)
    times = _of_the_clock if is_fixed(schedule.crontab, cron) else _of_each_minute
    # From the day before: a time in a gap around midnight comes on the next day.
    day = after.astimezone(zone).date() - DAY
    last = until.astimezone(zone).date()
    while day <= last:
        if is_on(cron, day):
            for slot in times(cron, day, zone, after, until):
                if after < slot <= until:
                    yield slot
                    after = slot
        day += DAY


def _of_the_clock(
    cron: crontab, day: date, zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[datetime]:
    for hour in sorted(cron.hour):
        for minute in sorted(cron.minute):
            yield _past_the_gap(datetime.combine(day, time(hour, minute)), zone)


def _past_the_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """That time of the clock, the first of two; where the clock jumps over it, the moment it jumps to."""
    while True:
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment
        local += MINUTE


def _of_each_minute(
    cron: crontab, day: date, zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[datetime]:
    moment = max(_midnight(day, zone), after.replace(second=0, microsecond=0))
    end = min(_midnight(day + DAY, zone), until + MINUTE)
    minutes = sorted(cron.minute)
    while moment < end:
        local = moment.astimezone(zone)
        if local.hour in cron.hour and local.minute in cron.minute:
            yield moment
        moment = _next_candidate(moment, local, minutes if local.hour in cron.hour else [])


def _next_candidate(moment: datetime, local: datetime, minutes: list[int]) -> datetime:
    """The next of these minutes, or of the hours; a minute on where the clock changes before that."""
    following = next((minute for minute in minutes if minute > local.minute), 60)
    candidate = moment + (following - local.minute) * MINUTE
    has_changed = candidate.astimezone(local.tzinfo).utcoffset() != local.utcoffset()
    return moment + MINUTE if has_changed else candidate


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _interval(schedule: PeriodicTask, after: datetime, until: datetime) -> Iterator[datetime]:
    """In time that passes, from the last slot on; the first is at the start, where there is one."""
    every = timedelta(**{schedule.interval.period: schedule.interval.every})
    if every <= timedelta():
        raise ValueError(f"Schedule {schedule.name} has an interval of {every}")
    start = schedule.start_time - every if schedule.start_time else schedule.date_changed
    origin = (schedule.last_run_at or start).astimezone(UTC)
    slot = origin + max(1, (after - origin) // every + 1) * every
    while slot <= until:
        yield slot
        slot += every


def _clocked(schedule: PeriodicTask, after: datetime, until: datetime) -> Iterator[datetime]:
    if after < schedule.clocked.clocked_time <= until:
        yield schedule.clocked.clocked_time.astimezone(UTC)


def _solar(schedule: PeriodicTask, after: datetime, until: datetime) -> Iterator[datetime]:
    """By Celery's own, which needs the package ephem."""
    event = schedule.solar.schedule
    while (slot := event._next_event(event.ephem.Date(after)).datetime().replace(tzinfo=UTC)) <= until:
        if slot > after:
            yield slot
        after = max(slot, after + MINUTE)


WALKS: dict[str, Callable[[PeriodicTask, datetime, datetime], Iterator[datetime]]] = {
    "interval": _interval,
    "crontab": _crontab,
    "clocked": _clocked,
    "solar": _solar,
}

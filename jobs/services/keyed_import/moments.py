"""A date and time of a file as a moment: without a zone it is read off the service's clock."""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

WRONG = "is no date and time such as 2026-03-01T14:30"
SKIPPED = "is a time that the clock skips that day"
OUT_OF_RANGE = "is out of range"

ON_THE_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
DAY = 10  # characters


def moment_in_utc(text: str) -> str:
    """Of an ISO 8601 text, one that PostgreSQL reads. Raises ValueError with what is wrong with the text.

    On nearly all days the clock is not changed, and so their offset says it all: no moment has to be made.
    """
    zone = timezone.get_default_timezone_name()
    if ON_THE_CLOCK.fullmatch(text) and (offset := offset_of(text[:DAY], zone)):
        return text + offset
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(WRONG) from None
    try:
        return _aware(moment, ZoneInfo(zone)).isoformat()
    except OverflowError:
        raise ValueError(OUT_OF_RANGE) from None


@lru_cache(maxsize=4_096)
def offset_of(day: str, zone: str) -> str:
    """Such as +01:00; empty where the clock is changed that day, or the day does not exist."""
    try:
        begin = date.fromisoformat(day)
        hours = [*(time(hour) for hour in range(24)), time.max]
        moments = [datetime.combine(begin, each, ZoneInfo(zone)) for each in hours]
        for end in (moments[0], moments[-1]):
            end.astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    offsets = {moment.isoformat().removeprefix(moment.replace(tzinfo=None).isoformat()) for moment in moments}
    return offsets.pop() if len(offsets) == 1 else ""


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    if moment.tzinfo:
        return moment.astimezone(UTC)
    found = moment.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(SKIPPED)
    return found

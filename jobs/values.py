"""Values as people write them; of one that cannot be kept, a ValueError says what it should be."""

from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from pathlib import Path
from re import fullmatch
from typing import Any, TypeVar

from django.utils import timezone
from pydantic import TypeAdapter

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
LONGEST = timedelta(days=365_000)  # that can be added to the time of today, and taken off it
TOO_LONG = f"should be a duration of at most {LONGEST.days}d"

Day = TypeVar("Day", bound=date)


def read_moment(text: str) -> datetime:
    """A time as a person writes it, in the service's zone where it names none. Raises ValueError."""
    return moment(TypeAdapter(datetime).validate_python(text))


def read_duration(text: str) -> timedelta:
    """30d, 2h or 15m. Raises ValueError."""
    return length(TypeAdapter(timedelta).validate_python(duration(text)))


def storable(text: str) -> str:
    """PostgreSQL takes neither a NUL nor half a sign, such as "\\ud800" in JSON."""
    if "\x00" in text:
        raise ValueError("should hold no NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("should be text in UTF-8") from None
    return text


def whole_path(value: Any) -> Any:
    if not (isinstance(value, str | Path) and str(value)):
        return value
    try:
        # A worker stands in another directory than the person who named the file.
        return Path.cwd() / Path(value).expanduser()
    except RuntimeError:
        raise ValueError("begins with the home of nobody; write ./~ for a name that begins so") from None


def tellable(day: Day) -> Day:
    """At both ends of the calendar other zones have no time for it."""
    if not MINYEAR < day.year < MAXYEAR:
        raise ValueError(f"should be of the years {MINYEAR + 1} to {MAXYEAR - 1}")
    return day


def moment(value: datetime) -> datetime:
    """In the service's zone where it names none."""
    return tellable(value if timezone.is_aware(value) else timezone.make_aware(value))


def duration(value: Any) -> Any:
    """A bare number is seconds, as it is in JSON."""
    found = fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw]?)", value.strip()) if isinstance(value, str) else None
    try:
        return timedelta(seconds=float(found[1]) * SECONDS[found[2] or "s"]) if found else value
    except OverflowError:
        raise ValueError(TOO_LONG) from None


def length(value: timedelta) -> timedelta:
    if abs(value) > LONGEST:
        raise ValueError(TOO_LONG)
    return value

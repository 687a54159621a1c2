"""Times and lengths of time, as a person writes them."""

from datetime import UTC, datetime, timedelta
from re import fullmatch
from typing import Any

from django.utils import timezone
from pydantic import TypeAdapter

# A day less than Python has: by the clock of another zone it is not past its end, where nobody could read it.
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def read_moment(text: str) -> datetime:
    """A time as a person writes it, in the service's zone where it names none. Raises ValueError."""
    return placed(TypeAdapter(datetime).validate_python(text))


def read_duration(text: str) -> timedelta:
    """30d, 2h or 15m. Raises ValueError."""
    return TypeAdapter(timedelta).validate_python(measured(text))


def placed(value: datetime) -> datetime:
    """In the service's zone where it has none. Raises ValueError where not every zone could show it."""
    moment = value if timezone.is_aware(value) else timezone.make_aware(value)
    if not FIRST <= moment <= LAST:
        raise ValueError(f"should be between {FIRST.date()} and {LAST.date()}")
    return moment


def measured(value: Any) -> Any:
    """What pydantic reads as a timedelta; a bare number is seconds, as it is in JSON. Raises ValueError."""
    found = fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw]?)", value.strip()) if isinstance(value, str) else None
    try:
        return timedelta(seconds=float(found[1]) * SECONDS[found[2] or "s"]) if found else value
    except OverflowError:
        raise ValueError("is too long") from None

"""Values as the texts that their inputs show and take."""

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from django.db.models import Model
from django.utils import timezone

UNITS = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def shown(value: Any) -> Any:
    """A Python value as the text that its input takes; a switch stays one."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S") if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Model):
        return str(value.pk)
    return value if isinstance(value, bool) else str(value)


def duration_text(value: timedelta) -> str:
    """In the biggest unit that divides it: 30d, 90m, 1.5s."""
    seconds = value.total_seconds()
    for unit, size in UNITS:
        if seconds and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"

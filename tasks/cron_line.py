"""The five fields of a cron line: how they are read, when they are due, and what is wrong with one."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from celery.schedules import ParseException, crontab
from django_celery_beat.models import CrontabSchedule

FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
# What a field is called, what it takes, and an example.
WORDS = {
    "minute": ("minute", "0 to 59", "30, */15 or 0,30"),
    "hour": ("hour", "0 to 23", "3, */2 or 8-17"),
    "day_of_month": ("day of the month", "1 to 31", "1 or 1,15"),
    "month_of_year": ("month", "1 to 12 or jan to dec", "3 or 1-6"),
    "day_of_week": ("day of the week", "0 (Sunday) to 6, or sun to sat", "1-5 or mon,thu"),
}


def cron_fields(line: str) -> dict[str, str]:
    """The columns of a CrontabSchedule for '30 3 * * *'. Raises ValueError."""
    fields = line.split()
    if len(fields) != len(FIELDS):
        raise ValueError(f"it has {len(fields)} fields instead of five")
    # Celery's own scheduler could not read a 7.
    return dict(zip(FIELDS, [*fields[:-1], celerys_weekday(fields[-1])], strict=True))


def fields_of(row: CrontabSchedule) -> dict[str, str]:
    """The same of a row, whoever has written it."""
    return {name: getattr(row, name) for name in FIELDS} | {"day_of_week": celerys_weekday(row.day_of_week)}


def crontab_of(line: str, zone: str) -> CrontabSchedule:
    """The row of that line, which schedules share: none is ever changed, another takes its place."""
    facts = {**cron_fields(line), "timezone": ZoneInfo(zone)}
    return CrontabSchedule.objects.filter(**facts).first() or CrontabSchedule.objects.create(**facts)


def sketch(fields: Mapping[str, str], zone: str = "UTC") -> CrontabSchedule:
    """A row that is not to be saved."""
    # Without a zone the model looks for its default in all the files of all zones.
    return CrontabSchedule(**fields, timezone=ZoneInfo(zone))


def celerys_weekday(text: str) -> str:
    """Celery knows Sunday as 0 only, every other cron as 7 too."""
    return re.sub(r"(?<![/\d])(?<!0-)7(?!\d)", "0", text)


def parsed(row: CrontabSchedule) -> crontab:
    """A crontab's fields as sets of numbers, by Celery's own reading. Raises ValueError, ParseException."""
    return crontab(
        minute=row.minute,
        hour=row.hour,
        day_of_week=celerys_weekday(row.day_of_week),
        day_of_month=row.day_of_month,
        month_of_year=row.month_of_year,
    )


def wrong_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each field that cannot be read."""
    return {name: sentence for name, text in fields.items() if (sentence := _wrong(name, text))}


def is_fixed(row: Any, cron: crontab) -> bool:
    """Whether it follows the clock on the wall, and not the time that passes."""
    starred = row.minute.strip().startswith("*") or row.hour.strip().startswith("*")
    return not (starred or len(cron.hour) == 24 or len(cron.minute) == 60)


def is_on(cron: crontab, day: date) -> bool:
    is_weekday = day.isoweekday() % 7 in cron.day_of_week
    return is_weekday and day.month in cron.month_of_year and day.day in cron.day_of_month


def _wrong(name: str, text: str) -> str:
    called, takes, example = WORDS[name]
    if not text.strip():
        return f"Say which {called}: {takes}, or * for every one"
    try:
        text.encode("ascii")  # Celery reads the digits of every script, cron and systemd do not
        parsed(sketch({name: text}))
    except (ValueError, ParseException):
        return f"{text!r} is no {called}: it takes {takes}, or *, for example {example}"
    return "" if text.split() == [text] else f"Write the {called} without spaces, for example {example}"

"""A schedule as something else than beat can keep it: a command line, its times, and what cannot be said."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from celery.schedules import ParseException
from django.conf import settings
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs.arguments import words
from jobs.catalog import JOBS
from jobs.exceptions import NightshiftError
from jobs.job import Job, Missed
from tasks.cron_line import FIELDS, parsed
from tasks.drift import drift, not_in_database
from tasks.ledger import given
from tasks.missed import policy_of
from tasks.plan import all_schedules

FULL = {
    "minute": set(range(60)),
    "hour": set(range(24)),
    "day_of_month": set(range(1, 32)),
    "month_of_year": set(range(1, 13)),
    "day_of_week": set(range(7)),
}


@dataclass(frozen=True, kw_only=True)
class Exported:
    """`times` are the sets of a cron line by the names of its fields, a week beginning with Sunday, 0.

    `every` is the length of an interval. Where `why_not` has a sentence, there is nothing to be kept.
    `file` is like the name, fit for a file, and no other schedule has it.
    """

    name: str
    file: str
    enabled: bool
    words: list[str] = field(default_factory=list)
    times: dict[str, set[int]] | None = None
    texts: dict[str, str] = field(default_factory=dict)
    every: timedelta | None = None
    zone: str = ""
    makes_up: bool = True
    notes: list[str] = field(default_factory=list)
    why_not: str = ""


class NotExported(NightshiftError):
    """The sentence why."""


def exported() -> list[Exported]:
    """The schedules in the database by name, then the catalog's that are not there."""
    taken: set[str] = set()
    found = [_exported(schedule, taken) for schedule in all_schedules()]
    absent = "it is in the catalog and not in the database; manage.py migrate adds it"
    missing = [
        Exported(name=job.name, file=job.name, enabled=False, why_not=absent) for job in not_in_database()
    ]
    return [*found, *missing]


def spans(values: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The numbers as first and last of each row without a gap: 1, 2, 3, 7 is (1, 3) and (7, 7)."""
    rest = sorted(values)
    while rest:
        length = next((n for n in range(1, len(rest)) if rest[n] != rest[0] + n), len(rest))
        yield rest[0], rest[length - 1]
        del rest[:length]


def one_line(text: str) -> str:
    """For a comment or a description: a name may hold anything."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _exported(schedule: PeriodicTask, taken: set[str]) -> Exported:
    facts: dict[str, Any] = {"name": schedule.name, "enabled": schedule.enabled}
    facts["file"] = _file(schedule, taken)
    try:
        job = _job(schedule)
        return Exported(
            **facts,
            words=[job.name, "--no-input", *words(job.parameters, given(schedule, job))],
            makes_up=policy_of(schedule, job).missed is not Missed.SKIP,
            notes=list(_notes(schedule)),
            **_when(schedule),
        )
    except (NightshiftError, ValueError, ParseException, OverflowError) as error:
        return Exported(**facts, why_not=one_line(str(error)))


def _file(schedule: PeriodicTask, taken: set[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", schedule.name).strip("-.")[:100] or "schedule"
    file = plain if plain not in taken else f"{plain}-{schedule.pk}"
    taken.add(file)
    return file


def _job(schedule: PeriodicTask) -> Job:
    if schedule.task not in JOBS:
        raise NotExported(drift(schedule)[0])
    if schedule.one_off or schedule.clocked:
        raise NotExported("it is due once and never again; beat keeps it, or --at of the command")
    return JOBS[schedule.task]


def _when(schedule: PeriodicTask) -> dict[str, Any]:
    if schedule.interval:
        every = timedelta(**{schedule.interval.period: schedule.interval.every})
        return {"every": every, "zone": settings.TIME_ZONE}
    if not schedule.crontab:
        raise NotExported("it follows the sun, which only beat does")
    cron = parsed(schedule.crontab)
    return {
        "times": {name: set(getattr(cron, name)) for name in FIELDS},
        "texts": {name: getattr(schedule.crontab, name).strip() for name in FIELDS},
        "zone": str(schedule.crontab.timezone),
    }


def _notes(schedule: PeriodicTask) -> Iterator[str]:
    if schedule.start_time and schedule.start_time > timezone.now():
        yield f"its start, {schedule.start_time.isoformat()}, is not kept here"
    if schedule.expires:
        yield f"its end, {schedule.expires.isoformat()}, is not kept here"

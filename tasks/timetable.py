"""Every schedule as a person wants to see it: when, in words; its last and its next slot; its changes."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from cron_descriptor import FormatException, MissingFieldException, Options, get_description
from cron_descriptor.Exception import WrongArgumentException
from django.conf import settings
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs.catalog import JOBS
from jobs.exceptions import NightshiftError, did_you_mean
from jobs.job import Job
from jobs.models.slot import Slot
from tasks.coming import FAR, next_slots, zone_of
from tasks.drift import cron_line, drift, not_in_database
from tasks.missed import Policy, WrongPolicy, policy_of
from tasks.plan import plans
from tasks.slots import Unreadable


class UnknownSchedule(NightshiftError):
    def __init__(self, name: str, known: list[str]) -> None:
        self.name = name
        way_out = did_you_mean(name, known) or "; manage.py schedules lists them"
        super().__init__(f"There is no schedule named {name!r}{way_out}")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`line` is empty where there is no crontab; the slots are in `zone`."""

    name: str
    job: str
    when: str
    line: str
    zone: str
    enabled: bool
    last_slot: datetime | None
    last_outcome: str
    next_slot: datetime | None
    missed: str
    drift: list[str]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A slot of the ledger; `run` is empty where there is none, or where it was cleaned up."""

    planned_for: datetime
    outcome: str
    created_at: datetime
    run: str
    reason: str


def timetable() -> list[Entry]:
    """The schedules in the database by name, then the catalog's that are not there."""
    found = plans()
    missing = not_in_database({each.name for each in found})
    return [*(entry_of(each.schedule, each.last) for each in found), *map(absent, missing)]


def latest_slots(name: str, at_most: int) -> list[Kept]:
    """The latest first, in the schedule's zone. Raises UnknownSchedule."""
    schedule = PeriodicTask.objects.filter(name=name).first()
    zone = ZoneInfo(zone_of(schedule) if schedule else settings.TIME_ZONE)
    found = Slot.objects.filter(schedule=name).latest_first()[:at_most]
    if not found and not schedule:
        raise UnknownSchedule(name, list(PeriodicTask.objects.values_list("name", flat=True)))
    return [
        Kept(
            planned_for=each.planned_for.astimezone(zone),
            outcome=each.outcome,
            created_at=each.created_at.astimezone(zone),
            run=str(each.run_id or ""),
            reason=each.reason,
        )
        for each in found
    ]


@lru_cache(1_000)
def in_words(line: str) -> str:
    """A cron line in words; the line itself where there are none for it."""
    options = Options()
    options.use_24hour_time_format = True
    try:
        return str(get_description(line, options))
    except (FormatException, MissingFieldException, WrongArgumentException):
        return line


class Last(Protocol):
    """The latest slot of a schedule."""

    @property
    def planned_for(self) -> datetime: ...
    @property
    def outcome(self) -> str: ...


def entry_of(schedule: PeriodicTask, last: Last | None) -> Entry:
    line = cron_line(schedule)
    zone = zone_of(schedule)
    coming, problems = _next_slot(schedule)
    return Entry(
        name=schedule.name,
        job=schedule.task,
        when=in_words(line) if line else str(schedule.scheduler),
        line=line,
        zone=zone,
        enabled=schedule.enabled,
        last_slot=_in_zone(last.planned_for if last else schedule.last_run_at, zone),
        last_outcome=last.outcome if last else "",
        next_slot=coming,
        missed=_missed(schedule),
        drift=[*drift(schedule), *problems],
    )


def absent(job: Job) -> Entry:
    """Of a job whose schedule is in the catalog only."""
    line = job.schedule or ""
    return Entry(
        name=job.name,
        job=job.name,
        when=in_words(line),
        line=line,
        zone=settings.TIME_ZONE,
        enabled=False,
        last_slot=None,
        last_outcome="",
        next_slot=None,
        missed=str(Policy(missed=job.missed)),
        drift=["in the catalog, not in the database; manage.py migrate adds it"],
    )


def _next_slot(schedule: PeriodicTask) -> tuple[datetime | None, list[str]]:
    """And why there is none, where that is a mistake."""
    now = timezone.now()
    try:
        return next(iter(next_slots(schedule, now, now + FAR)), None), []
    except Unreadable as error:
        return None, [f"it cannot be read: {error}"]


def _missed(schedule: PeriodicTask) -> str:
    job = JOBS.get(schedule.task)
    try:
        return str(policy_of(schedule, job)) if job else ""
    except WrongPolicy:
        return str(Policy(missed=job.missed)) if job else ""


def _in_zone(moment: datetime | None, zone: str) -> datetime | None:
    return moment.astimezone(ZoneInfo(zone)) if moment else None

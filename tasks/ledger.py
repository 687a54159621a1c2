"""A slot as it is kept: its row, its run and the schedule's progress, all or nothing."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs import catalog
from jobs.exceptions import NightshiftError, NotConfirmed, OverlapRefused
from jobs.job import Job
from jobs.models.run import Origin, Run
from jobs.models.slot import Outcome, Slot
from jobs.queue import enqueue
from tasks.missed import Verdict

log = logging.getLogger(__name__)

# What a row may say that no run can be made of.
UNFIT = (NightshiftError, ValueError, DataError, IntegrityError)


class SlotTaken(NightshiftError):
    def __init__(self, schedule: str, planned_for: datetime) -> None:
        self.schedule = schedule
        self.planned_for = planned_for
        super().__init__(f"The slot of {schedule} at {planned_for:%F %H:%M} UTC has a run already")


class NotStarted(NightshiftError):
    def __init__(self, schedule: str, reason: str) -> None:
        self.schedule = schedule
        super().__init__(f"No run can be made of {schedule}: {reason}")


def keep(schedule: PeriodicTask, verdict: Verdict) -> Slot | None:
    """Write the slot, and its run where it is to have one; None where another beat has written it.

    What a run cannot be made of is said in the slot, and raises nothing.
    """
    with transaction.atomic():
        slot = Slot.objects.take(schedule.name, *verdict)
        if slot and slot.wants_run:
            _start(schedule, slot)
        moved = _moved(schedule, verdict, slot)
        # Never back: whoever wrote a later slot has moved it already.
        earlier = Q(last_run_at=None) | Q(last_run_at__lt=verdict.planned_for)
        PeriodicTask.objects.filter(earlier, pk=schedule.pk).update(**moved)
    schedule.last_run_at = verdict.planned_for
    schedule.enabled = moved.get("enabled", schedule.enabled)
    return slot


def make_up(slot: Slot, schedule: PeriodicTask, by: User) -> Run:
    """Start the run that this slot has not got, once only. Raises SlotTaken, OverlapRefused, NotStarted."""
    late = str(timedelta(seconds=int((timezone.now() - slot.planned_for).total_seconds())))
    with transaction.atomic():
        if not Slot.objects.make_up(slot.pk, f"Made up for {late} later, by {by.get_username()}"):
            raise SlotTaken(schedule.name, slot.planned_for)
        run = run_now(schedule, by)
        Slot.objects.filter(pk=slot.pk).update(run=run)
    return run


def run_now(schedule: PeriodicTask, by: User) -> Run:
    """A run as its slots have them, which belongs to none. Raises OverlapRefused, NotStarted."""
    try:
        return _enqueue(schedule, origin=Origin.CONSOLE, started_by=by)
    except OverlapRefused:
        raise
    except NotConfirmed as error:
        # What it asks for is typed into the form of the job.
        reason = f"{schedule.task} has to be confirmed; start it from its own page"
        raise NotStarted(schedule.name, reason) from error
    except UNFIT as error:
        raise NotStarted(schedule.name, str(error)) from error


def disable(schedule: PeriodicTask, reason: str) -> None:
    """It stays in the table, for people to look at and to enable again."""
    PeriodicTask.objects.filter(pk=schedule.pk).update(enabled=False, last_run_at=None)
    schedule.enabled = False
    log.warning("Schedule %s is disabled: %s", schedule.name, reason)


def _start(schedule: PeriodicTask, slot: Slot) -> None:
    try:
        slot.run = _enqueue(schedule, origin=Origin.SCHEDULE)
    except OverlapRefused as refused:
        slot.outcome, slot.reason = Outcome.SKIPPED, str(refused)
        log.info("Schedule %s: %s", schedule.name, refused)
    except UNFIT as error:
        slot.outcome, slot.reason = Outcome.REFUSED, str(error)
        log.error("Schedule %s cannot start a run: %s", schedule.name, error)
    Slot.objects.filter(pk=slot.pk).update(run=slot.run, outcome=slot.outcome, reason=slot.reason)


def _enqueue(schedule: PeriodicTask, *, origin: Origin, started_by: User | None = None) -> Run:
    job = catalog.get(schedule.task)
    return enqueue(
        job,
        given(schedule, job),
        origin=origin,
        started_by=started_by,
        schedule=schedule.name,
        queue=schedule.queue,
        priority=schedule.priority,
    )


def given(schedule: PeriodicTask, job: Job) -> dict[str, Any]:
    """The parameters that the row names, not parsed yet. Raises WrongParameters, and ValueError."""
    args = _read(schedule, "args", list)
    kwargs = _read(schedule, "kwargs", dict)
    return job.parameters.bind(tuple(args), kwargs)


def _read(schedule: PeriodicTask, field: str, kind: type[Any]) -> Any:
    text = getattr(schedule, field) or json.dumps(kind())
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"Its {field} are no JSON: {text}") from error
    if not isinstance(value, kind):
        raise ValueError(f"Its {field} are no JSON {'list' if kind is list else 'object'}: {text}")
    return value


def _moved(schedule: PeriodicTask, verdict: Verdict, slot: Slot | None) -> dict[str, Any]:
    moved: dict[str, Any] = {"last_run_at": verdict.planned_for}
    if slot and slot.run:
        moved["total_run_count"] = F("total_run_count") + 1
    if schedule.clocked or (schedule.one_off and verdict.outcome != Outcome.MISSED):
        # As saving a disabled one does: enabled again later, it is to start from there.
        moved |= {"enabled": False, "last_run_at": None}
    return moved

"""A slot as it is kept: its row, its run and the schedule's progress, all or nothing."""

import json
import logging
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Q
from django_celery_beat.models import PeriodicTask

from jobs import catalog
from jobs.exceptions import NightshiftError, OverlapRefused
from jobs.job import Job
from jobs.models.run import Origin, Run
from jobs.models.slot import Outcome, Slot
from jobs.queue import enqueue
from tasks.missed import Verdict

log = logging.getLogger(__name__)


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


def disable(schedule: PeriodicTask, reason: str) -> None:
    """It stays in the table, for people to look at and to enable again."""
    PeriodicTask.objects.filter(pk=schedule.pk).update(enabled=False, last_run_at=None)
    schedule.enabled = False
    log.warning("Schedule %s is disabled: %s", schedule.name, reason)


def _start(schedule: PeriodicTask, slot: Slot) -> None:
    try:
        slot.run = _enqueue(schedule)
    except OverlapRefused as refused:
        slot.outcome, slot.reason = Outcome.SKIPPED, str(refused)
        log.info("Schedule %s: %s", schedule.name, refused)
    except (NightshiftError, ValueError, DataError, IntegrityError) as error:
        slot.outcome, slot.reason = Outcome.REFUSED, str(error)
        log.error("Schedule %s cannot start a run: %s", schedule.name, error)
    Slot.objects.filter(pk=slot.pk).update(run=slot.run, outcome=slot.outcome, reason=slot.reason)


def _enqueue(schedule: PeriodicTask) -> Run:
    job = catalog.get(schedule.task)
    return enqueue(
        job,
        given(schedule, job),
        origin=Origin.SCHEDULE,
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

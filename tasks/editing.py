"""What people write into a schedule; nobody's edit is overwritten by one who has not seen it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_celery_beat.models import PeriodicTask

from jobs.exceptions import NightshiftError
from jobs.job import Missed
from jobs.secret import masked
from tasks.coming import zone_of
from tasks.cron_line import crontab_of
from tasks.drift import cron_line
from tasks.missed import Policy


class EditedMeanwhile(NightshiftError):
    def __init__(self, schedule: str, changed: datetime) -> None:
        self.schedule = schedule
        self.changed = changed
        super().__init__(
            f"Somebody has changed {schedule} at {changed:%F %H:%M:%S} UTC, while you had it open. Nothing "
            "was saved: look at what it says now, and edit that"
        )


class DeletedMeanwhile(NightshiftError):
    def __init__(self, schedule: str) -> None:
        self.schedule = schedule
        super().__init__(f"Somebody has just deleted {schedule}, and nothing was saved")


class NameTaken(NightshiftError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is a schedule named {name!r} already; choose another name")


class NotSaved(NightshiftError):
    def __init__(self, schedule: str, reasons: list[str]) -> None:
        self.schedule = schedule
        super().__init__(f"{schedule} cannot be saved as it is: {'; '.join(reasons)}")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a schedule says. Without a policy, a queue, a priority it is as the job says."""

    line: str
    zone: str
    parameters: Mapping[str, Any]
    policy: Policy | None = None
    queue: str = ""
    priority: int | None = None
    late_for: timedelta | None = None
    one_off: bool = False
    description: str = ""


def create(name: str, job: str, plan: Plan) -> PeriodicTask:
    """Raises NameTaken."""
    try:
        with transaction.atomic():
            return _written(PeriodicTask(name=name, task=job), plan)
    except (NotSaved, IntegrityError) as error:
        # Nothing else can be wrong with a new one; the second is of two in the same moment.
        raise NameTaken(name) from error


def revise(schedule: PeriodicTask, plan: Plan, *, seen: datetime) -> PeriodicTask:
    """The schedule as planned, in the caller's transaction.

    `seen` is the `date_changed` that the editor has looked at. Raises DeletedMeanwhile, EditedMeanwhile,
    NotSaved.
    """
    return _written(locked(schedule, seen=seen), plan)


def switch(schedule: PeriodicTask, *, enabled: bool) -> PeriodicTask:
    """Switched on, it goes on from there: what was due meanwhile was not missed.

    Raises DeletedMeanwhile, NotSaved.
    """
    row = locked(schedule)
    row.enabled, row.last_run_at = enabled, row.last_run_at if row.enabled == enabled else None
    return _saved(row)


def locked(schedule: PeriodicTask, *, seen: datetime | None = None) -> PeriodicTask:
    """Its row as it is now, which nobody else changes before the transaction ends.

    Raises DeletedMeanwhile, EditedMeanwhile.
    """
    row = PeriodicTask.objects.select_for_update(of=("self",)).filter(pk=schedule.pk).first()
    if row is None:
        raise DeletedMeanwhile(schedule.name)
    if seen and row.date_changed != seen:
        raise EditedMeanwhile(row.name, row.date_changed)
    return row


def facts(schedule: PeriodicTask) -> dict[str, Any]:
    """For the audit: what one can edit, secrets masked."""
    return {
        **{"job": schedule.task, "enabled": schedule.enabled, "one_off": schedule.one_off},
        "when": f"{cron_line(schedule) or schedule.scheduler} ({zone_of(schedule)})",
        **{"parameters": _veiled(_read(schedule.kwargs)), "policy": _read(schedule.headers)},
        **{"queue": schedule.queue or "", "priority": schedule.priority},
        **{"late for seconds": schedule.expire_seconds, "description": schedule.description},
    }


def _written(row: PeriodicTask, plan: Plan) -> PeriodicTask:
    crontab = crontab_of(plan.line, plan.zone)
    if row.crontab_id != crontab.pk:
        # What was due by the old times was not missed by the new ones.
        row.crontab, row.last_run_at = crontab, None
    row.args, row.kwargs = "[]", json.dumps(plan.parameters)
    row.headers = json.dumps(_headers(row.headers, plan.policy))
    row.queue, row.priority = plan.queue or None, plan.priority
    row.expire_seconds = int(plan.late_for.total_seconds()) if plan.late_for else None
    row.one_off, row.description = plan.one_off, plan.description
    return _saved(row)


def _saved(row: PeriodicTask) -> PeriodicTask:
    try:
        row.save()
    except ValidationError as error:
        # What somebody has written past the model's own judgement: two schedules, or two ends.
        raise NotSaved(row.name, error.messages) from error
    return row


def _headers(text: str | None, policy: Policy | None) -> dict[str, Any]:
    before = _read(text)
    kept = before if isinstance(before, dict) else {}
    others = {name: value for name, value in kept.items() if name not in ("missed", "missed_at_most")}
    if policy is None:
        return others
    bound = {"missed_at_most": policy.at_most} if policy.missed is Missed.ALL else {}
    return {**others, "missed": policy.missed.value, **bound}


def _read(text: str | None) -> Any:
    try:
        return json.loads(text or "{}")
    except ValueError:
        return text


def _veiled(value: Any) -> Any:
    if isinstance(value, list):
        return [_veiled(each) for each in value]
    if isinstance(value, dict) and masked(value) is value:
        return {name: _veiled(each) for name, each in value.items()}
    return masked(value)

"""Schedules with a past, for the pictures: what became of each of their last slots."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks

from jobs.models import Attempt, Run
from jobs.models.slot import Outcome, Slot
from tasks.slots import slots
from tests.pages.world import attempt_of, past_run
from tests.tasks.scheduled import FIELDS

SLOTS = 60
# By name: the job, its cron line, the zone, and its parameters.
SCHEDULES = {
    "cleanup_runs": ("cleanup_runs", "30 3 * * *", "UTC", {}),
    "cleanup_old_data": ("cleanup_old_data", "0 4 * * 0", "UTC", {}),
    "compute_daily_stats": ("compute_daily_stats", "15 2 * * *", "Europe/Berlin", {}),
    "prices for the shops": ("export_products", "*/30 8-18 * * 1-5", "America/New_York", {"format": "csv"}),
}
# One in so many, with what the ledger says of it.
ODDITIES = {
    Outcome.LATE: (25, "Nobody kept it for 0:41:10 (latest)"),
    Outcome.MISSED: (35, "Nobody kept it for 8:12:04 (latest)"),
    Outcome.SKIPPED: (30, "Another run of the job was active"),
}


def make_nights(seed: int = 7) -> None:
    """Beat goes on from the last of them."""
    chance = random.Random(seed)
    for name, (job, line, zone, parameters) in SCHEDULES.items():
        schedule = _schedule(name, job, line, zone, parameters)
        kept = [_slot(chance, name, job, at) for at in _last_slots(schedule)]
        runs = [slot.run for slot in kept if slot.run]
        Run.objects.bulk_create(runs)
        Attempt.objects.bulk_create(map(attempt_of, runs))
        Slot.objects.bulk_create(kept)
        PeriodicTask.objects.filter(pk=schedule.pk).update(
            last_run_at=kept[-1].planned_for, total_run_count=len(runs), enabled=True
        )
    PeriodicTasks.update_changed()


def _schedule(name: str, job: str, line: str, zone: str, parameters: dict[str, str]) -> PeriodicTask:
    fields = dict(zip(FIELDS, line.split(), strict=True))
    crontab, _ = CrontabSchedule.objects.get_or_create(**fields, timezone=zone)
    # Off until its past is written: Beat is at work already.
    facts = {"task": job, "crontab": crontab, "kwargs": json.dumps(parameters), "enabled": False}
    schedule, _ = PeriodicTask.objects.update_or_create(name=name, defaults=facts)
    return schedule


def _last_slots(schedule: PeriodicTask) -> list[datetime]:
    now = timezone.now()
    schedule.enabled, schedule.last_run_at = True, None
    schedule.date_changed = now - timedelta(weeks=SLOTS + 1)
    return list(slots(schedule, schedule.date_changed, now))[-SLOTS:]


def _slot(chance: random.Random, name: str, job: str, at: datetime) -> Slot:
    outcome, reason = next(_oddities(chance), (Outcome.RAN, ""))
    begun = at + timedelta(minutes=41) if outcome is Outcome.LATE else at
    has_run = outcome in (Outcome.RAN, Outcome.LATE)
    run = past_run(chance, job, begun, schedule=name) if has_run else None
    return Slot(schedule=name, planned_for=at, run=run, outcome=outcome, reason=reason, created_at=begun)


def _oddities(chance: random.Random) -> Iterator[tuple[Outcome, str]]:
    for outcome, (one_in, reason) in ODDITIES.items():
        if chance.randrange(one_in) == 0:
            yield outcome, reason

"""Schedules as people make them."""

import json
from typing import Any

from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from tasks.cron_line import FIELDS
from tasks.exported import Exported, exported


def by_cron(line: str, *, zone: str = "UTC", name: str = "morning", **facts: Any) -> PeriodicTask:
    fields = dict(zip(FIELDS, line.split(), strict=True))
    crontab = CrontabSchedule.objects.create(**fields, timezone=zone)
    return scheduled(name, crontab=crontab, **facts)


def by_interval(every: int, period: str = "minutes", *, name: str = "morning", **facts: Any) -> PeriodicTask:
    interval = IntervalSchedule.objects.create(every=every, period=period)
    return scheduled(name, interval=interval, **facts)


def scheduled(name: str, *, task: str = "cleanup_runs", kwargs: Any = None, **facts: Any) -> PeriodicTask:
    return PeriodicTask.objects.create(name=name, task=task, kwargs=json.dumps(kwargs or {}), **facts)


def from_database() -> list[Exported]:
    """Without the catalog's that are not there, which are named too."""
    known = set(PeriodicTask.objects.values_list("name", flat=True))
    return [each for each in exported() if each.name in known]

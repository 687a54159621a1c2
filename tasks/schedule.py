"""Schedules: seeded from the catalog, edited by people in django-celery-beat, written as runs by beat."""

import json
import logging
from typing import Any

from celery.beat import SchedulingError
from celery.result import AsyncResult
from django.conf import settings
from django.db import Error, close_old_connections
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from jobs.catalog import JOBS
from jobs.exceptions import OverlapRefused
from jobs.job import Job
from jobs.models.heartbeat import Heartbeat

log = logging.getLogger(__name__)


class Scheduler(DatabaseScheduler):
    """Writes a run for each slot that is due; the broker need not be there."""

    producer = None  # the stock property would wait for the broker

    def tick(self, *args: Any, **kwargs: Any) -> float:
        close_old_connections()
        try:
            Heartbeat.objects.beat("beat", "beat")
            return float(super().tick(*args, **kwargs))
        except Error as error:
            log.warning("The database cannot be reached: %s", error)
            return 1.0

    def reserve(self, entry: Any) -> Any:
        # The stock one leaves the old entry in the schedule, and a heap made anew of it sends it twice.
        entry = super().reserve(entry)
        self._schedule[entry.name] = entry
        return entry

    def apply_async(
        self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any
    ) -> AsyncResult | None:
        try:
            return super().apply_async(entry, producer=producer, advance=advance, **kwargs)
        except SchedulingError as error:
            # celery.beat raises this one while it handles what the task raised.
            if not isinstance(error.__context__, OverlapRefused):
                raise
            log.info("Schedule %s: %s", entry.name, error.__context__)
            return None


def seed(**kwargs: Any) -> None:
    """Add each scheduled job that has no schedule of its name; what people have edited stays as it is."""
    known = set(PeriodicTask.objects.values_list("name", flat=True))
    for job in JOBS.values():
        if job.schedule and job.name not in known:
            _add(job, job.schedule)


def _add(job: Job, line: str) -> None:
    minute, hour, day, month, weekday = line.split()
    crontab, _ = CrontabSchedule.objects.get_or_create(
        minute=minute,
        hour=hour,
        day_of_month=day,
        month_of_year=month,
        day_of_week=weekday,
        timezone=settings.TIME_ZONE,
    )
    parameters = job.parameters.dump(job.parameters.parse(job.schedule_parameters))
    given = {name: parameters[name] for name in job.schedule_parameters}
    PeriodicTask.objects.create(
        name=job.name, task=job.name, crontab=crontab, kwargs=json.dumps(given), description=job.summary
    )

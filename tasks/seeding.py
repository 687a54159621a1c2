"""Schedules as the catalog declares them: added where there are none, and set back where people ask."""

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django_celery_beat.models import PeriodicTask

from jobs import catalog
from jobs.exceptions import NightshiftError
from jobs.job import Job
from tasks.cron_line import crontab_of
from tasks.drift import declared_parameters


class NotDeclared(NightshiftError):
    def __init__(self, job: str) -> None:
        self.job = job
        super().__init__(f"The catalog has no schedule for {job}; make one of your own")


class SeededAlready(NightshiftError):
    def __init__(self, job: str) -> None:
        self.job = job
        super().__init__(f"{job} has its schedule already: the list has it")


def seed(**kwargs: Any) -> None:
    """Add each scheduled job that has no schedule of its name; what people have edited stays as it is."""
    if PeriodicTask._meta.db_table not in connection.introspection.table_names():
        return  # Only some applications were migrated; it is called again after the others.
    known = set(PeriodicTask.objects.values_list("name", flat=True))
    for job in catalog.JOBS.values():
        if job.schedule and job.name not in known:
            add(job)


def add(job: Job) -> PeriodicTask:
    """The schedule of the job's name. Raises NotDeclared, SeededAlready."""
    try:
        with transaction.atomic():
            return set_back(PeriodicTask(name=job.name, description=job.summary), job)
    except (ValidationError, IntegrityError) as error:
        raise SeededAlready(job.name) from error


def set_back(schedule: PeriodicTask, job: Job) -> PeriodicTask:
    """Make it again what the catalog says; it goes on from there. Raises NotDeclared."""
    if job.schedule is None:
        raise NotDeclared(job.name)
    declared = {
        "task": job.name,
        "crontab": crontab_of(job.schedule, settings.TIME_ZONE),
        "kwargs": json.dumps(declared_parameters(job)),
        **{"args": "[]", "headers": "{}", "enabled": True, "one_off": False},
        **dict.fromkeys(("interval", "solar", "clocked", "queue", "priority", "last_run_at")),
        **dict.fromkeys(("start_time", "expires", "expire_seconds")),
    }
    for name, value in declared.items():
        setattr(schedule, name, value)
    schedule.save()
    return schedule

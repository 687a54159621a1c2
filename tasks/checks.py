"""`manage.py check`: what of a declaration Celery could not carry out."""

from collections.abc import Iterator
from typing import Any

from celery import current_app
from celery.schedules import ParseException
from django.core.checks import Error, register
from django_celery_beat.models import CrontabSchedule

from jobs.catalog import JOBS
from jobs.job import Job
from tasks.cron_line import cron_fields, parsed


@register
def check_tasks(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A job without a task would be published, and thrown away by the worker."""
    known = current_app.tasks
    return [
        Error(
            f"{job.name}: it has no task",
            hint="Add it in tasks/, and its module in tasks/apps.py (docs/adding-a-job.md).",
            obj=job.function,
            id="tasks.E001",
        )
        for job in JOBS.values()
        if job.name not in known
    ]


@register
def check_schedules(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A schedule that beat cannot read would never fire."""
    return [
        error for job in JOBS.values() if job.schedule is not None for error in _unreadable(job, job.schedule)
    ]


def _unreadable(job: Job, line: str) -> Iterator[Error]:
    try:
        parsed(CrontabSchedule(**cron_fields(line)))
    except (ValueError, ParseException) as wrong:
        yield Error(
            f"{job.name}: its schedule {line!r} is no cron line that Celery reads ({wrong})",
            hint="Five fields: minute, hour, day, month, weekday; 30 3 * * * is every night at 03:30.",
            obj=job.function,
            id="tasks.E002",
        )

"""`manage.py check`: a job without a task would be published, and thrown away by the worker."""

from typing import Any

from celery import current_app
from django.core.checks import Error, register

from jobs.catalog import JOBS


@register
def check_tasks(app_configs: Any, **kwargs: Any) -> list[Error]:
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

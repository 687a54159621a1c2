"""What of a schedule is not as the catalog says: people's edits, and what a release has left behind."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django_celery_beat.models import PeriodicTask

from jobs.catalog import JOBS
from jobs.exceptions import did_you_mean
from jobs.job import Job
from tasks.cron_line import FIELDS, cron_fields, fields_of
from tasks.missed import Policy, WrongPolicy, policy_of


def drift(schedule: PeriodicTask) -> list[str]:
    """A sentence for each difference. One that people have added to a job's own has none, but for headers
    that cannot be read."""
    job = JOBS.get(schedule.task)
    if job is None:
        return [f"{schedule.task} is not in the catalog any more{did_you_mean(schedule.task, JOBS)}"]
    return [*_policy(schedule, job), *(_edits(schedule, job) if schedule.name in JOBS else ())]


def not_in_database(known: Collection[str] | None = None) -> list[Job]:
    """Jobs whose schedule somebody has deleted, or no `migrate` has added yet."""
    if known is None:
        known = set(PeriodicTask.objects.values_list("name", flat=True))
    return [job for job in JOBS.values() if job.schedule and job.name not in known]


def cron_line(schedule: PeriodicTask) -> str:
    """'30 3 * * *', or an empty text where it has no crontab."""
    return " ".join(getattr(schedule.crontab, field) for field in FIELDS) if schedule.crontab else ""


def _edits(schedule: PeriodicTask, job: Job) -> Iterator[str]:
    if schedule.task != schedule.name:
        yield f"catalog says it runs {schedule.name}"
        return
    if job.schedule is None:
        yield "catalog has no schedule for it"
        return
    if not schedule.crontab or fields_of(schedule.crontab) != cron_fields(job.schedule):
        yield f"catalog says {job.schedule}"
    if schedule.crontab and str(schedule.crontab.timezone) != settings.TIME_ZONE:
        yield f"catalog says zone {settings.TIME_ZONE}"
    if _given(schedule) != declared_parameters(job):
        yield f"catalog says parameters {json.dumps(declared_parameters(job))}"
    if schedule.queue and schedule.queue != job.queue:
        yield f"catalog says queue {job.queue}"
    if schedule.priority is not None and schedule.priority != job.priority:
        yield f"catalog says priority {job.priority}"
    if not schedule.enabled:
        yield "catalog says enabled"


def _policy(schedule: PeriodicTask, job: Job) -> Iterator[str]:
    declared = Policy(missed=job.missed)
    try:
        if policy_of(schedule, job) != declared and schedule.name in JOBS:
            yield f"catalog says missed slots: {declared}"
    except WrongPolicy as wrong:
        yield str(wrong)


def _given(schedule: PeriodicTask) -> Any:
    try:
        return json.loads(schedule.kwargs or "{}")
    except ValueError:
        return schedule.kwargs


def declared_parameters(job: Job) -> dict[str, Any]:
    """What a schedule is seeded with, as JSON."""
    values = job.parameters.dump(job.parameters.parse(job.schedule_parameters))
    return {name: values[name] for name in job.schedule_parameters}

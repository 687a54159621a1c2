"""All that the page of one run shows, read with a fixed number of queries."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_type_hints

from django.db.models import F, QuerySet
from django.db.models.functions import Length, Right
from django.shortcuts import get_object_or_404

from console.presentation import Look, Shown, announcement, look_of, shown
from jobs.catalog import JOBS
from jobs.job import Job
from jobs.models.artifact import Artifact
from jobs.models.attempt import Attempt
from jobs.models.run import Run
from jobs.models.state import State

LOG_SHOWN = 20_000  # characters of each attempt, the last ones: the page is fetched anew every second
CHILDREN_SHOWN = 20
ATTEMPTS_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """`parameters` and `result` are ready to show, secrets masked; `attempts` begin with the last."""

    run: Run
    title: str
    look: Look
    announcement: str
    parameters: Shown
    result: Shown | None
    attempts: list[Attempt]
    artifacts: list[Artifact]
    children: list[Run]
    is_known: bool
    is_preview: bool

    @property
    def offers_real_run(self) -> bool:
        return self.is_preview and self.run.state == State.SUCCEEDED


def run_page(pk: uuid.UUID) -> RunPage:
    """Raises Http404."""
    run = get_object_or_404(Run.objects.select_related("started_by"), pk=pk)
    job = JOBS.get(run.job)
    return RunPage(
        run=run,
        title=job.title if job else run.job,
        look=look_of(run),
        announcement=announcement(run),
        parameters=shown(_ordered(run.parameters, job.parameters.by_name if job else ())),
        result=None if run.result is None else shown(_ordered(run.result, _fields(job))),
        attempts=list(_attempts(run)),
        artifacts=list(run.artifacts.all()),
        children=list(run.children.defer("result", "parameters").order_by("pk")[:CHILDREN_SHOWN]),
        is_known=job is not None,
        is_preview=run.parameters.get("dry_run") is True,
    )


def _ordered(value: Any, names: Iterable[str]) -> Any:
    """As it was declared: PostgreSQL's jsonb sorts names by their length."""
    return (
        {name: value[name] for name in names if name in value} | value if isinstance(value, dict) else value
    )


def _fields(job: Job | None) -> list[str]:
    result = get_type_hints(job.function).get("return") if job else None
    return [field.name for field in fields(result)] if is_dataclass(result) else []


def _attempts(run: Run) -> QuerySet[Attempt, Any]:
    ends = {"log_end": Right(F("log"), LOG_SHOWN), "log_size": Length("log")}
    return run.attempts.defer("log").annotate(**ends).order_by("-number")[:ATTEMPTS_SHOWN]

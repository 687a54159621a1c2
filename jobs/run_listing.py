"""Runs in a list, chosen by job and state."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from rich.table import Table

from jobs import catalog
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.run_search import in_states
from jobs.models.state import State
from jobs.terminal import table
from jobs.wording import amount, first_line, phase

LONG = ("result", "parameters", "labels", "cursor", "counters")
HEADERS = ("RUN", "JOB", "STATE", "PROGRESS", "CREATED", "ENDED", "ERROR")


def chosen(*, job: str = "", state: str = "") -> RunQuerySet:
    """The latest first, without what may be long. Raises UnknownJob for one that never ran either."""
    runs = Run.objects.defer(*LONG).latest_first()
    if state:
        runs = runs.filter(in_states([State(state)]))
    if job and job not in catalog.JOBS and not Run.objects.filter(job=job).exists():
        catalog.get(job)
    return runs.filter(job=job) if job else runs


def run_table(runs: Iterable[Run]) -> Table:
    return table(HEADERS, map(_cells, runs), whole=("RUN", "STATE"))


def brief(run: Run) -> dict[str, Any]:
    """One run of the list as JSON; `wish` is what a running one is asked for."""
    return {
        **{"run": str(run.pk), "job": run.job, "state": run.state, "wish": run.wish or None},
        **{"queue": run.queue, "origin": run.origin, "attempt": run.attempt},
        **{"done": run.done, "total": run.total, "message": run.message or None, "error": run.error or None},
        **{name: json_moment(getattr(run, name)) for name in ("created_at", "started_at", "finished_at")},
    }


def moment(value: datetime | None) -> str:
    """In the service's time zone, to the second."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def json_moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _cells(run: Run) -> tuple[str, ...]:
    error = first_line(run.error)
    ends = moment(run.created_at), moment(run.finished_at)
    return (str(run.pk), run.job, phase(run), amount(run), *ends, error)

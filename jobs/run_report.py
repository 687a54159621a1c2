"""All that the record knows of one run, for a person and for a program; secrets masked."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from rich.table import Table

from jobs import catalog
from jobs.models.attempt import Attempt
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.state import State
from jobs.run_listing import brief, json_moment, moment
from jobs.secret import masked
from jobs.standing import standings
from jobs.terminal import result_lines, table
from jobs.wording import amount, first_line, phase, place

HEADERS = ("ATTEMPT", "BEGAN", "ENDED", "OUTCOME", "WENT ON", "WORKER", "ERROR")


def report(run: Run) -> dict[str, Any]:
    """As one JSON object."""
    moments = ("not_before", "wished_at", "lease_until")
    plain = ("worker", "priority", "schedule", "key", "failures", "crashes", "counters", "cursor", "result")
    return {
        **brief(run),
        "standing": _standing(run),
        **{name: getattr(run, name) for name in plain},
        **{name: json_moment(getattr(run, name)) for name in moments},
        "started_by": str(run.started_by) if run.started_by else None,
        "parent": str(run.parent_id) if run.parent_id else None,
        "queue_paused_at": json_moment(_paused_at(run)),
        "parameters": veiled(run.parameters),
        "attempts": [_attempt(each) for each in run.attempts.defer("log")],
        "artifacts": [{"name": each.name, "path": str(each.path)} for each in run.artifacts.all()],
    }


def report_lines(run: Run) -> list[str]:
    """The facts, what it was given and what it made; the attempts are `attempt_table`."""
    facts = {name: value for name, value in _facts(run) if value}
    given = {"parameters": veiled(declared(run))} if run.parameters else {}
    made = {"result": run.result} if isinstance(run.result, dict) else {"result": result_lines(run.result)}
    files = {each.name: str(each.path) for each in run.artifacts.all()}
    return result_lines(
        {**facts, **given, **(made if run.result is not None else {}), **({"files": files} if files else {})}
    )


def attempt_table(run: Run) -> Table:
    return table(HEADERS, map(_cells, run.attempts.defer("log")), whole=("ATTEMPT", "OUTCOME"))


def veiled(value: Any) -> Any:
    """With the secrets masked, at every depth."""
    value = masked(value)
    if isinstance(value, dict):
        return {name: veiled(each) for name, each in value.items()}
    return [veiled(each) for each in value] if isinstance(value, list) else value


def declared(run: Run) -> dict[str, Any]:
    """The parameters in the order of their declaration: PostgreSQL's jsonb sorts names by their length."""
    job = catalog.JOBS.get(run.job)
    names = [name for name in (job.parameters.by_name if job else ()) if name in run.parameters]
    return {**{name: run.parameters[name] for name in names}, **run.parameters}


def _facts(run: Run) -> Iterator[tuple[str, Any]]:
    """Empty ones are left out."""
    yield "run", str(run.pk)
    yield "job", run.job
    yield "state", phase(run)
    yield "standing", _standing(run)
    yield "asked for at", moment(run.wished_at) if run.state == State.RUNNING else ""
    yield "error", run.error
    yield "progress", " ".join(filter(None, (amount(run), run.message)))
    yield "counters", run.counters
    yield "goes on", place(run.cursor) if not run.is_final else ""
    yield from _where(run)
    yield from _times(run)
    yield "failures", run.failures
    yield "crashes", run.crashes


def _standing(run: Run) -> str:
    placed = list(Run.objects.placed().filter(pk=run.pk))
    return str(standings(placed)[run.pk])


def _where(run: Run) -> Iterator[tuple[str, Any]]:
    paused = _paused_at(run)
    yield "queue", f"{run.queue}, paused since {moment(paused)}" if paused else run.queue
    yield "worker", run.worker
    if run.lease_until:
        late = run.lease_until < timezone.now()
        yield "lease", f"{'was over at' if late else 'until'} {moment(run.lease_until)}"
    by = f" by {run.started_by}" if run.started_by else ""
    yield "from", f"{run.origin} {run.schedule}".strip() + by
    yield "parent", str(run.parent_id or "")
    yield "key", run.key


def _times(run: Run) -> Iterator[tuple[str, Any]]:
    yield "created", moment(run.created_at)
    yield "due", moment(run.not_before) if run.not_before_in_future else ""
    yield "began", moment(run.started_at)
    yield "ended", moment(run.finished_at)


def _paused_at(run: Run) -> Any:
    return Queue.objects.filter(name=run.queue).values_list("paused_at", flat=True).first()


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        **{"number": attempt.number, "worker": attempt.worker, "outcome": attempt.outcome or None},
        **{name: json_moment(getattr(attempt, name)) for name in ("started_at", "finished_at")},
        **{"cursor": attempt.cursor, "error_type": attempt.error_type or None},
        "error": attempt.error_message or None,
    }


def _cells(attempt: Attempt) -> tuple[str, ...]:
    ends = moment(attempt.started_at), moment(attempt.finished_at)
    error = first_line(attempt.error_message)
    outcome = attempt.outcome or "running"
    return (str(attempt.number), *ends, outcome, place(attempt.cursor), attempt.worker, error)

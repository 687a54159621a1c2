"""The runs below a run: each call of `progress.run_jobs` makes one, once, however often it is made again."""

from collections.abc import Sequence
from typing import Any

from jobs import catalog
from jobs.calls import Call, Outcome
from jobs.exceptions import NightshiftError, StopReason, StopRequested
from jobs.models.run import Run
from jobs.models.state import Awaits, State
from jobs.queue import enqueue
from jobs.recording import RecordedProgress


def await_children(progress: RecordedProgress, calls: Sequence[Call], awaits: Awaits) -> list[Outcome]:
    """For a worker: where one of them has not ended, the run leaves its worker until all have."""
    made = [child(progress, call) for call in calls]
    if not all(isinstance(each, Outcome) or each.is_final for each in made):
        raise StopRequested(StopReason.WAITING, awaits=awaits)
    return [each if isinstance(each, Outcome) else outcome(each) for each in made]


def child(progress: RecordedProgress, call: Call, *, is_announced: bool = True) -> Run | Outcome:
    """The run of that call, made before or now; where it is refused, why.

    A call is known by its number, so it is the same in all attempts.
    """
    parent = progress.run
    key = f"{parent.pk}/{progress.called}"
    progress.called += 1
    try:
        return enqueue(
            catalog.get(call.job),
            call.parameters,
            origin=Run.Origin(parent.origin),
            started_by=parent.started_by,
            parent=parent,
            key=key,
            is_announced=is_announced,
        )
    except NightshiftError as error:
        return Outcome(job=call.job, succeeded=False, error=str(error))


def call_plainly(call: Call) -> Any:
    """The function, here and now, with no record."""
    job = catalog.get(call.job)
    return job.function(**job.parameters.parse(call.parameters))


def outcome(run: Run) -> Outcome:
    succeeded = run.state == State.SUCCEEDED
    error = "" if succeeded else run.error or f"its run is {run.state}"
    return Outcome(job=run.job, succeeded=succeeded, result=run.result, error=error, run=str(run.pk))

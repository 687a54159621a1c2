"""Run a job here and now, in this process, with the same record as anywhere else."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.db import transaction

from jobs import catalog
from jobs.calls import Call, Outcome
from jobs.children import child, outcome
from jobs.exceptions import NotResumable, OverlapRefused, StopReason, StopRequested
from jobs.execution import Execution
from jobs.job import Job
from jobs.lease import kept_lease
from jobs.models.run import Origin, Run
from jobs.models.state import Awaits, State
from jobs.queue import enqueue
from jobs.recording import Listener, RecordedProgress

LOOK_EVERY = 0.2  # seconds between two looks at a run that a worker has
HINTS = {
    State.QUEUED: "a worker takes it when it is due and there is room for it",
    State.PAUSED: "it cannot begin now",
    State.RUNNING: "pause or cancel it first, or wait until the lease of its dead worker is over",
    State.SUCCEEDED: "start it again to do the work again",
    State.FAILED: "start it again",
    State.CANCELLED: "start it again",
}


def run_here(
    job: Job,
    raw: Mapping[str, Any],
    *,
    resume: Run | None = None,
    listeners: tuple[Listener, ...] = (),
    on_interrupt: Callable[[], None] = lambda: None,
) -> Run:
    """The run, finished or paused. Ctrl-C pauses it at the next checkpoint, twice at once.

    `resume` is a paused run to go on with, instead of a new one. Raises WrongParameters, OverlapRefused and
    NotResumable.
    """
    run = _resumed(job, resume) if resume else _begun(job, raw)
    _perform(job, run, listeners, on_interrupt)
    return run


def _perform(job: Job, run: Run, listeners: tuple[Listener, ...], on_interrupt: Callable[[], None]) -> None:
    def run_jobs(progress: RecordedProgress, calls: Sequence[Call], awaits: Awaits) -> list[Outcome]:
        return [_run_below(progress, call, on_interrupt) for call in calls]

    execution = Execution(job, run, listeners=listeners, run_jobs=run_jobs)
    with kept_lease(run), _stopping_on_signals(execution, on_interrupt):
        execution.perform()


def _run_below(progress: RecordedProgress, call: Call, on_interrupt: Callable[[], None]) -> Outcome:
    """Here, too; it is waited for where a worker was faster, or where it has to wait its turn."""
    below = child(progress, call, is_announced=False)
    if isinstance(below, Outcome):
        return below
    job = catalog.get(call.job)
    if below.state == State.PAUSED:
        Run.objects.filter(pk=below.pk).resume()
    while not below.is_final:
        if claimed := _claim(job, below):
            _perform(job, claimed, (), on_interrupt)
        else:
            progress.update(message=f"Waiting for {below.job} {below.pk}")
            time.sleep(LOOK_EVERY)
        below.refresh_from_db()
        if below.state == State.PAUSED:
            raise StopRequested(StopReason.INTERRUPTED)
    return outcome(below)


def _begun(job: Job, raw: Mapping[str, Any]) -> Run:
    with transaction.atomic():
        run = enqueue(job, raw, origin=Origin.COMMAND, is_announced=False)
        claimed = _claim(job, run)
        if claimed is None:
            active = Run.objects.active().filter(lane=run.lane).exclude(pk=run.pk).latest_first().first()
            raise OverlapRefused(job.name, str(active.pk) if active else "")
    return claimed


def _resumed(job: Job, run: Run) -> Run:
    with transaction.atomic():
        was_paused = Run.objects.filter(pk=run.pk, state=State.PAUSED).resume()
        claimed = _claim(job, run) if was_paused else None
        if claimed is None:
            run.refresh_from_db()
            # Raised in here, so that a run that is not to begin is not resumed either.
            raise NotResumable(str(run.pk), run.state, HINTS[State(run.state)])
    return claimed


def _claim(job: Job, run: Run) -> Run | None:
    worker = f"command@{socket.gethostname()}:{os.getpid()}"
    return Run.objects.claim(run.pk, worker=worker, jobs=[job.name], at_most=job.limit, attended=True)


@contextmanager
def _stopping_on_signals(execution: Execution, on_interrupt: Callable[[], None]) -> Iterator[None]:
    before: dict[int, Any] = {}

    def stop(number: int, frame: FrameType | None) -> None:
        if execution.progress is not None:
            execution.progress.stopping.set()
        # The second signal means it: back to what the signal did before.
        for each, handler in before.items():
            signal.signal(each, handler)
        on_interrupt()

    try:
        for wanted in (signal.SIGINT, signal.SIGTERM):
            before[wanted] = signal.signal(wanted, stop)
    except ValueError:
        before.clear()  # Not the main thread: its signals are somebody else's.
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

"""Run a job here and now, in this process, with the same record as anywhere else."""

import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.db import transaction

from jobs.exceptions import NotResumable, OverlapRefused
from jobs.execution import Execution
from jobs.job import Job
from jobs.lease import kept_lease
from jobs.models.run import Origin, Run
from jobs.models.state import State
from jobs.queue import enqueue
from jobs.recording import Listener

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
    execution = Execution(job, run, listeners=listeners)
    with kept_lease(run), _stopping_on_signals(execution, on_interrupt):
        execution.perform()
    return run


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

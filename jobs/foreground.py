"""Run a job here and now, in this process, with the same record as anywhere else."""

import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.db import transaction

from jobs.execution import Execution
from jobs.job import Job
from jobs.models.run import Origin, Run
from jobs.queue import refuse_overlap
from jobs.recording import Listener


def run_here(
    job: Job,
    raw: Mapping[str, Any],
    *,
    listeners: tuple[Listener, ...] = (),
    on_interrupt: Callable[[], None] = lambda: None,
) -> Run:
    """The finished run. Ctrl-C stops it at the next checkpoint, twice at once. Raises WrongParameters."""
    run = _claimed(job, raw)
    execution = Execution(job, run, listeners=listeners, retries=False)
    with _stopping_on_signals(execution, on_interrupt):
        execution.perform()
    return run


def _claimed(job: Job, raw: Mapping[str, Any]) -> Run:
    parameters = job.parameters.dump(job.parameters.parse(raw))
    with transaction.atomic():
        refuse_overlap(job)
        run = Run.objects.create(
            job=job.name, parameters=parameters, queue=job.queue, priority=job.priority, origin=Origin.COMMAND
        )
        claimed = Run.objects.claim(
            run.pk, worker=f"command@{socket.gethostname()}:{os.getpid()}", jobs=[job.name]
        )
    assert claimed is not None, "nobody else can see a run that is not committed"  # noqa: S101
    return claimed


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

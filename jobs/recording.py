"""The progress of a recorded run: it writes the row, keeps the log, and sees that the run is to stop."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from jobs.exceptions import StopReason, StopRequested
from jobs.log import LogCapture, storable
from jobs.models.artifact import Artifact, directory_of
from jobs.models.run import Run
from jobs.progress import Progress

WRITE_EVERY = 0.5  # seconds between two writes of the row: often enough to watch, rare enough to cost nothing

Listener = Callable[["RecordedProgress"], None]


class RecordedProgress(Progress):
    """`stopping` may be set from a signal handler; the listeners are told of every write of the row."""

    def __init__(self, run: Run, log: LogCapture, *, listeners: tuple[Listener, ...] = ()) -> None:
        self.run = run
        self.log = log
        self.stopping = threading.Event()
        self._listeners = listeners
        self._written = 0.0

    def update(
        self, done: int | None = None, *, total: int | None = None, message: str | None = None
    ) -> None:
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total
        self.message = self.message if message is None else storable(message)
        if self.stopping.is_set():
            raise StopRequested(StopReason.INTERRUPTED)
        if time.monotonic() - self._written >= WRITE_EVERY:
            self._write()

    @contextmanager
    def artifact(self, name: str) -> Iterator[Path]:
        directory = directory_of(self.run.pk)
        directory.mkdir(parents=True, exist_ok=True)
        draft, final = directory / f".{name}.part", directory / name
        try:
            yield draft
            if draft.exists():
                draft.replace(final)
                values = {"size": final.stat().st_size}
                Artifact.objects.update_or_create(run=self.run, name=name, defaults=values)
        finally:
            draft.unlink(missing_ok=True)

    def _write(self) -> None:
        # Inside a transaction of the job, the write would hold the run's row and so keep a cancel waiting.
        if connection.in_atomic_block:
            return
        self._written = time.monotonic()
        must_stop = self.run.report(
            done=self.done, total=self.total, message=self.message, log=self.log.text_if_changed()
        )
        for listener in self._listeners:
            listener(self)
        if must_stop:
            raise StopRequested(StopReason.CANCELLED)

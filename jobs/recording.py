"""The progress of a recorded run: it writes the row, keeps the log, and sees that the run is to stop."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from jobs.calls import Call, Outcome
from jobs.exceptions import StopReason, StopRequested
from jobs.log import LogCapture, storable
from jobs.models.artifact import Artifact, directory_of
from jobs.models.run import Run
from jobs.models.state import Awaits, Wish
from jobs.progress import Part
from jobs.side_by_side import SideBySide
from jobs.walks import WalkingProgress

WRITE_EVERY = 0.5  # seconds between two writes of the row: often enough to watch, rare enough to cost nothing
OBEYED = {Wish.PAUSE: StopReason.PAUSED, Wish.CANCEL: StopReason.CANCELLED, Wish.KILL: StopReason.CANCELLED}

Listener = Callable[["RecordedProgress"], None]
RunJobs = Callable[["RecordedProgress", Sequence[Call], Awaits], list[Outcome]]


class RecordedProgress(WalkingProgress):
    """`stopping` may be set from a signal handler, and `must_yield` asks whether the worker is to stop.

    The listeners are told of every write of the row. `called` counts the jobs that this attempt has called.
    """

    def __init__(
        self,
        run: Run,
        log: LogCapture,
        *,
        listeners: tuple[Listener, ...] = (),
        must_yield: Callable[[], bool] = lambda: False,
        run_jobs: RunJobs | None = None,
    ) -> None:
        super().__init__()
        self.run = run
        self.called = 0
        self._run_jobs = run_jobs
        self.log = log
        self.done, self.total, self.message = run.done, run.total, run.message
        self.stopping = threading.Event()
        self._must_yield = must_yield
        self._listeners = listeners
        self._written = 0.0
        self._counts: Counter[str] = Counter(run.counters)
        self._cursor: dict[str, Any] = run.cursor or {}
        self._next = self._cursor
        self._wish = Wish.NONE

    @property
    def key(self) -> str:
        return str(self.run.pk)

    def update(
        self, done: int | None = None, *, total: int | None = None, message: str | None = None
    ) -> None:
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total
        self.message = self.message if message is None else storable(message)
        self._stop_where_told()
        if time.monotonic() - self._written >= WRITE_EVERY:
            self._write()

    def counts(self) -> Counter[str]:
        return self._counts

    def run_jobs(self, calls: Sequence[Call], *, is_shared: bool = False) -> list[Outcome]:
        self.update()
        if self._run_jobs is None:
            return super().run_jobs(calls)
        return self._run_jobs(self, calls, Awaits.SHARES if is_shared else Awaits.ENDS)

    def restart(self, step: str) -> None:
        self._cursor.pop(step, None)

    def side_by_side(self, parts: Sequence[Part], counts: Counter[str]) -> None:
        if len(parts) < 2 or connection.in_atomic_block:
            super().side_by_side(parts, counts)
        else:
            SideBySide(self, parts).perform()

    @contextmanager
    def artifact(self, name: str) -> Iterator[Path]:
        directory = directory_of(self.run.pk)
        directory.mkdir(parents=True, exist_ok=True)
        draft, final = directory / f".{name}.{self.run.attempt}.part", directory / name
        try:
            yield draft
            if draft.exists():
                draft.replace(final)
                values = {"size": final.stat().st_size}
                Artifact.objects.update_or_create(run=self.run, name=name, defaults=values)
        finally:
            draft.unlink(missing_ok=True)

    def _place(self, step: str) -> tuple[Any, int]:
        place = self._cursor.get(step, {"at": None, "done": 0})
        return place["at"], place["done"]

    def _keep_place(self, step: str, position: Any, done: int) -> None:
        self.done = done
        self.checkpoint(step, position, done)

    def checkpoint(self, step: str, position: Any, done: int) -> None:
        """Write the place of that walk beside those of others, and how far the run is."""
        self._next = {**self._cursor, step: {"at": position, "done": done}}
        self._wish = self.run.checkpoint(
            cursor=self._next, counters=self._counts, done=self.done, total=self.total, message=self.message
        )

    @contextmanager
    def _batch(self) -> Iterator[None]:
        before = Counter(self._counts)
        try:
            with super()._batch():
                yield
        except BaseException:
            # What was rolled back was not counted either. Callers hold the counts, so the object stays.
            self._counts.clear()
            self._counts.update(before)
            raise

    def _after_batch(self, done: int) -> None:
        self.run.crashes = 0
        self._cursor = self._next
        self._obey(self._wish)
        self.update(done)

    def _stop_where_told(self) -> None:
        if self.stopping.is_set():
            raise StopRequested(StopReason.INTERRUPTED)
        if self._must_yield():
            raise StopRequested(StopReason.YIELDED)

    def _write(self) -> None:
        # Inside a transaction of the job, the write would hold the run's row and so keep a cancel waiting.
        if connection.in_atomic_block:
            return
        self._written = time.monotonic()
        wish = self.run.report(
            done=self.done, total=self.total, message=self.message, log=self.log.text_if_changed()
        )
        for listener in self._listeners:
            listener(self)
        self._obey(wish)

    def _obey(self, wish: Wish) -> None:
        if wish != Wish.NONE:
            raise StopRequested(OBEYED[wish])

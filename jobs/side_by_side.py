"""Parts of a run's work that are done at the same time, each on a thread and a connection of its own."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection

from jobs.calls import Call, Outcome
from jobs.exceptions import StopReason, StopRequested
from jobs.progress import Part
from jobs.walks import WalkingProgress

if TYPE_CHECKING:
    from jobs.recording import RecordedProgress


class SideBySide:
    """The parts of `whole`: the first is done by the caller's thread, which waits for the others."""

    def __init__(self, whole: "RecordedProgress", parts: Sequence[Part]) -> None:
        self.whole = whole
        # Held from the write of a checkpoint to its commit, so each has the places of all before it.
        self.lock = threading.RLock()
        self._lent = [(part, LentProgress(self)) for part in parts]
        self._errors: list[BaseException] = []

    def perform(self) -> None:
        first, *others = self._lent
        threads = [threading.Thread(target=self._in_thread, args=each) for each in others]
        for thread in threads:
            thread.start()
        self._perform(*first)
        for thread in threads:
            self._wait_for(thread)
        if self._errors:
            raise self._errors[0]

    @property
    def done(self) -> int:
        return sum(progress.done for _, progress in self._lent)

    @property
    def total(self) -> int | None:
        """None while one of them does not know."""
        known = [progress.total for _, progress in self._lent if progress.total is not None]
        return sum(known) if len(known) == len(self._lent) else None

    def stop_where_told(self) -> None:
        """Raises StopRequested too where another part has failed."""
        if self._errors:
            raise StopRequested(StopReason.YIELDED)

    def _perform(self, part: Part, progress: "LentProgress") -> None:
        try:
            self.whole.run.name_session()
            part(progress, progress.counts())
        except BaseException as error:
            self._errors.append(error)
        finally:
            progress.close()
            # A signal may have come between two of its statements. Who does not hold it gets an error.
            with suppress(RuntimeError):
                self.lock.release()

    def _wait_for(self, thread: threading.Thread) -> None:
        while thread.is_alive():
            try:
                thread.join()
            except BaseException as error:  # of a signal's handler: the others see it at their next batch
                self._errors.append(error)

    def _in_thread(self, part: Part, progress: "LentProgress") -> None:
        try:
            with self.whole.log.of_this_thread():
                self._perform(part, progress)
        finally:
            connection.close()


class LentProgress(WalkingProgress):
    """What a part is lent. Its batches are written beside those of others, and committed one at a time."""

    def __init__(self, beside: SideBySide) -> None:
        super().__init__()
        self._beside = beside
        self._whole = beside.whole
        self._added: Counter[str] = Counter()
        self._before: Counter[str] | None = None  # the counts of the run, from a checkpoint to its commit

    @property
    def key(self) -> str:
        return self._whole.key

    def update(
        self, done: int | None = None, *, total: int | None = None, message: str | None = None
    ) -> None:
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total
        with self._beside.lock:
            self._beside.stop_where_told()
            self._whole.update(self._beside.done, total=self._beside.total, message=message)

    def counts(self) -> Counter[str]:
        """What the batch adds to those of the run."""
        return self._added

    def run_jobs(self, calls: Sequence[Call], *, is_shared: bool = False) -> list[Outcome]:
        raise RuntimeError(
            "A part of a run calls no jobs; call progress.run_jobs() before or behind side_by_side()"
        )

    @contextmanager
    def artifact(self, name: str) -> Iterator[Path]:
        with self._whole.artifact(name) as path:
            yield path

    def restart(self, step: str) -> None:
        with self._beside.lock:
            self._whole.restart(step)

    def _place(self, step: str) -> tuple[Any, int]:
        with self._beside.lock:
            return self._whole._place(step)

    def _keep_place(self, step: str, position: Any, done: int) -> None:
        self.done = done
        self._beside.lock.acquire()
        self._before = Counter(self._whole.counts())
        self._whole.counts().update(self._added)
        self._whole.done = self._beside.done
        self._whole.checkpoint(step, position, done)

    @contextmanager
    def _batch(self) -> Iterator[None]:
        try:
            with super()._batch():
                yield
        except BaseException:
            if self._before is not None:
                self._whole.counts().clear()
                self._whole.counts().update(self._before)
                self._release()
            raise
        finally:
            self._added.clear()

    def _after_batch(self, done: int) -> None:
        try:
            self._whole._after_batch(self._beside.done)
        finally:
            self._release()

    def _release(self) -> None:
        self._before = None
        self._beside.lock.release()

"""What a job is lent by whoever runs it: how far, whether to stop, where to go on, and where its files go.

`Progress` itself records nothing, so a job called from plain Python needs no set-up; `silent` is one of it.
The recorded one, which writes to the run, is in `jobs/recording.py`.
"""

import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, overload

from django.db import transaction
from django.db.models import Model, QuerySet

from jobs.calls import Call, Outcome, plain_outcome
from jobs.key_ranges import KeyRange, KeyRanges
from jobs.sources import Source, source_of

Item = TypeVar("Item")
ModelRow = TypeVar("ModelRow", bound=Model)

Part = Callable[["Progress", "Counter[str]"], None]

NAP = 0.1  # seconds of a rest between two looks at whether to stop
NO_TIME = timedelta(0)


class Progress:
    """`done` and `total` count whatever the job counts; `total` stays None while it is unknown."""

    done: int = 0
    total: int | None = None
    message: str = ""

    def update(
        self, done: int | None = None, *, total: int | None = None, message: str | None = None
    ) -> None:
        """Say how far it is. Raises StopRequested where the run is to stop: call it between batches."""

    def advance(self, by: int = 1) -> None:
        """`by` more are done."""
        self.update(self.done + by)

    @property
    def key(self) -> str:
        """The same in all attempts of a run, and in no other run.

        For what lies outside of the database's transactions: give `f"{progress.key}:{number}"` to the other
        side as the idempotency key of a call that may be made again after a crash.
        """
        return str(uuid.uuid4())

    def counts(self) -> Counter[str]:
        """Counts of the whole run: kept with each batch, and there again when it resumes."""
        return Counter()

    @overload
    def batches(
        self, source: KeyRanges[ModelRow], size: int = ..., *, step: str = ..., pause: timedelta = ...
    ) -> Iterator[KeyRange[ModelRow]]: ...
    @overload
    def batches(
        self, source: QuerySet[ModelRow], size: int = ..., *, step: str = ..., pause: timedelta = ...
    ) -> Iterator[Sequence[ModelRow]]: ...
    @overload
    def batches(
        self, source: Path, size: int = ..., *, step: str = ..., pause: timedelta = ...
    ) -> Iterator[Sequence[Any]]: ...
    @overload
    def batches(
        self, source: Source[Item], size: int = ..., *, step: str = ..., pause: timedelta = ...
    ) -> Iterator[Sequence[Item]]: ...
    @overload
    def batches(
        self, source: Iterable[Item], size: int = ..., *, step: str = ..., pause: timedelta = ...
    ) -> Iterator[Sequence[Item]]: ...
    def batches(
        self, source: Any, size: int = 1_000, *, step: str = "batches", pause: timedelta = NO_TIME
    ) -> Iterator[Sequence[Any]]:
        """Walk a queryset, a CSV or JSON lines file, or any iterable, resumably.

        The body of the loop runs in a transaction that holds its writes and the run's place, counts and
        progress. After a crash, a pause or a deploy, the walk goes on behind the last batch that was
        committed, so each item has taken effect once. A job with several walks names each by `step`. A batch
        that is left by `break` or an error is rolled back. Raises StopRequested between two batches. Behind
        each full one others get at the tables for the time of `pause`.
        """
        walked = source_of(source)
        position, done = self._place(step)
        total = None if (left := walked.remaining(position)) is None else done + left
        self.update(done, total=total)
        walk = walked.batches(position, size)
        while True:
            with self._batch():
                batch, position = next(walk, (None, None))
                if batch is None:
                    break
                yield batch
                done += walked.weight(batch)
                self._keep_place(step, position, done)
            self._after_batch(done)
            if len(batch) >= size:  # a shorter one is the last
                self.rest(pause)
        self.update(done, total=done)

    def run_jobs(self, calls: Sequence[Call], *, is_shared: bool = False) -> list[Outcome]:
        """Run jobs below this one, side by side, each with its record; how they ended, in that order.

        Meanwhile this run waits, without a worker. Then its function is called again from the beginning, and
        every call of `run_jobs` answers with what its runs have done: so it has to make the same calls in
        the same order. With `is_shared`, the progress of this run is the sum of theirs while it waits.
        Without a record, as from plain Python, they are run here one after the other.
        """
        return [plain_outcome(call) for call in calls]

    def side_by_side(self, parts: Sequence[Part], counts: Counter[str]) -> None:
        """Do parts of the work at the same time, until all are done.

        Each is lent a progress for its walks, named by steps that no two share, and a counter: what a batch
        adds there is added to `counts`, which are those of the run, once it is committed. In a recorded run
        each has a thread and a connection. An error of one stops the others at their next batch, and is
        raised. Without a record, and inside a transaction of the caller, one is done after the other.
        """
        for part in parts:
            part(self, counts)

    def rest(self, length: timedelta) -> None:
        """Wait for so long. Raises StopRequested as soon as the run is to stop: call it between batches."""
        until = time.monotonic() + length.total_seconds()
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, NAP))
            self.update()

    def once(self, step: str) -> Iterator[Sequence[str]]:
        """A single batch, in each attempt that comes here: `for _ in progress.once("sort"):`."""
        self.restart(step)
        return self.batches([step], step=step)

    def restart(self, step: str) -> None:
        """Let the walk of that name begin anew: what it had made is gone."""

    @contextmanager
    def artifact(self, name: str) -> Iterator[Path]:
        """The path to write a file of the run to; it is kept and can be downloaded once the block ends.

        A block that raises, or that writes nothing, keeps nothing.
        """
        with tempfile.TemporaryDirectory() as directory:
            yield Path(directory) / name

    @contextmanager
    def _batch(self) -> Iterator[None]:
        """The transaction of a batch."""
        with transaction.atomic():
            yield

    def _place(self, step: str) -> tuple[Any, int]:
        """The position of that walk, and how many items are behind it."""
        return None, 0

    def _keep_place(self, step: str, position: Any, done: int) -> None:
        """The last statement of a batch's transaction."""

    def _after_batch(self, done: int) -> None:
        """The batch is committed."""


silent = Progress()


def track(items: Iterable[Item], progress: Progress, *, total: int | None = None) -> Iterator[Item]:
    """Yield each item, and count it once it has been worked on."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    progress.update(0, total=total)
    for item in items:
        yield item
        progress.advance()

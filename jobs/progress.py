"""What a job is lent by whoever runs it: how far, whether to stop, and where its files go.

`Progress` itself does nothing, so a job called from plain Python needs no set-up; `silent` is one of it.
The recorded one, which writes to the run, is in `jobs/recording.py`.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")


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

    @contextmanager
    def artifact(self, name: str) -> Iterator[Path]:
        """The path to write a file of the run to; it is kept and can be downloaded once the block ends.

        A block that raises, or that writes nothing, keeps nothing.
        """
        with tempfile.TemporaryDirectory() as directory:
            yield Path(directory) / name


silent = Progress()


def track(items: Iterable[Item], progress: Progress, *, total: int | None = None) -> Iterator[Item]:
    """Yield each item, and count it once it has been worked on."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    progress.update(0, total=total)
    for item in items:
        yield item
        progress.advance()

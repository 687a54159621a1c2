"""A progress that keeps what it is told."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from jobs.exceptions import StopReason, StopRequested
from jobs.progress import Progress


class Watched(Progress):
    """Keeps what it is told, and asks to stop at the update of that number."""

    def __init__(self, directory: Path, stop_at: int | None = None) -> None:
        self.directory = directory
        self.stop_at = stop_at
        self.updates: list[tuple[int, int | None, str]] = []
        self.in_transaction: list[bool] = []

    def update(
        self, done: int | None = None, *, total: int | None = None, message: str | None = None
    ) -> None:
        self.done, self.total = self.done if done is None else done, total or self.total
        self.message = message or self.message
        self.updates.append((self.done, self.total, self.message))
        self.in_transaction.append(connection.in_atomic_block)
        # As the recorded progress does: it fails where a COPY holds the connection.
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if len(self.updates) == self.stop_at:
            raise StopRequested(StopReason.CANCELLED)

    def _after_batch(self, done: int) -> None:
        self.update(done)

    @contextmanager
    def artifact(self, name: str) -> Iterator[Path]:
        yield self.directory / name

    @property
    def rejected(self) -> list[list[str]] | None:
        path = self.directory / "rejected.csv"
        return list(csv.reader(path.read_text().splitlines())) if path.exists() else None

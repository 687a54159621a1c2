"""An import, from the file to the report: read into tables of its own, sorted, then written or compared."""

import logging
from collections import Counter
from collections.abc import Iterator
from functools import partial
from math import ceil
from pathlib import Path

from jobs.exceptions import WrongInput
from jobs.progress import Progress
from jobs.services.keyed_import.file import Format, import_file
from jobs.services.keyed_import.only import lines_of
from jobs.services.keyed_import.reader import Reader
from jobs.services.keyed_import.rejections import write_rejections
from jobs.services.keyed_import.report import (
    ImportReport,
    count,
    forget_reading,
    ignored_columns_of,
    meet,
    reasons_of,
    report_of,
)
from jobs.services.keyed_import.rows import FileRows
from jobs.services.keyed_import.staging import Staging
from jobs.services.keyed_import.tables import ImportTables, import_tables
from jobs.services.keyed_import.target import Target
from jobs.sources import Source

# Rows in one COPY: its round trip no longer shows, and the texts of so many rows are half a megabyte.
COPY_ROWS = 5_000

logger = logging.getLogger(__name__)


class FileImport:
    """Of that file into that target; without a format it is that of the file's name.

    `only` is a rejected.csv, whose lines alone are imported.
    """

    def __init__(
        self,
        target: Target,
        path: Path,
        format_: Format | None,
        progress: Progress,
        *,
        only: Path | None = None,
    ) -> None:
        self._target = target
        self._path = path
        self._format = format_
        self._only = only
        self._progress = progress
        self._counts = progress.counts()

    def perform(self, *, batch_size: int, shards: int, dry_run: bool) -> ImportReport:
        """`batch_size` rows are written in one transaction, over `shards` connections at the same time.

        Raises WrongInput with nothing changed.
        """
        counts, progress = self._counts, self._progress
        with import_tables(self._target, progress) as tables:
            if not self._is_sorted(tables):
                self._read(tables)
                self._sort(tables)
            progress.update(0, message=f"Writing {self._target.noun}")
            if dry_run:
                self._compare(tables)
            else:
                self._write(tables, batch_size, shards)
        progress.update(counts["rows"], total=counts["rows"], message="")
        return report_of(counts, dry_run)

    def _is_sorted(self, tables: ImportTables) -> bool:
        """Whether an earlier attempt has come so far; who has written all may have dropped them."""
        counts = self._counts
        is_written = "rows" in counts and counts["written"] == counts["rows"]
        return is_written or ("rows" in counts and tables.rows_sorted == counts["rows"])

    def _read(self, tables: ImportTables) -> None:
        counts, progress = self._counts, self._progress
        with import_file(self._path, self._target, self._format) as file:
            self._begin(file, tables)
            progress.update(0, message="Reading rows")
            rows = FileRows(file, self._target, lines_of(self._only) if self._only else None)
            for batch in progress.batches(rows, COPY_ROWS, step="read"):
                count(batch, counts)
                meet(file.ignored_columns, counts)
                with tables.staging.copying(file.columns, batch):
                    rows.read_ahead()
            meet(file.ignored_columns, counts)
            if ignored := ignored_columns_of(counts):
                logger.info("%s: ignored the columns %s", file.label, ", ".join(ignored))

    def _begin(self, file: Reader, tables: ImportTables) -> None:
        """With the tables of an earlier attempt, if they hold what it has read."""
        stamp = tables.stamp
        if stamp not in (None, file.stamp):
            raise WrongInput(f"{file.label} has changed since its import began; start a new import")
        if stamp is None or tables.rows_read != self._counts["read"]:
            self._progress.restart("read")
            for _ in self._progress.once("create"):
                tables.create(file.stamp)
                forget_reading(self._counts)

    def _sort(self, tables: ImportTables) -> None:
        counts, progress = self._counts, self._progress
        progress.update(0, message="Sorting rows")
        for _ in progress.once("sort"):
            counts["rows"] = tables.staging.sort()
            with progress.artifact("rejected.csv") as path:
                if reasons_of(counts):
                    write_rejections(tables.staging.rejected(), self._target.key, path)

    def _compare(self, tables: ImportTables) -> None:
        counts = self._counts
        for _ in self._progress.batches(range(counts["rows"])[:1], step="compare"):
            counts["created"], counts["updated"] = tables.staging.compare()
            counts["written"] = counts["rows"]

    def _write(self, tables: ImportTables, batch_size: int, shards: int) -> None:
        """Each shard its own range of the sorted rows, so none waits for a row or a page of another."""
        rows = self._counts["rows"]
        size = max(batch_size, ceil(rows / shards))
        parts = [range(begin, min(begin + size, rows)) for begin in range(0, rows, size)]
        shard = partial(_write_shard, tables.staging, batch_size)
        self._progress.side_by_side([partial(shard, numbers) for numbers in parts], self._counts)


def _write_shard(
    staging: Staging, batch_size: int, numbers: range, progress: Progress, counts: Counter[str]
) -> None:
    mostly_same = False
    for batch in progress.batches(Numbers(numbers), batch_size, step=f"write from {numbers.start}"):
        created, updated = staging.write(batch[0], batch[-1] + 1, mostly_same=mostly_same)
        mostly_same = created + updated < len(batch) / 2
        counts.update(created=created, updated=updated, written=len(batch))


class Numbers(Source[int]):
    """A batch of them is a range, however long it is."""

    def __init__(self, numbers: range) -> None:
        self._numbers = numbers

    def batches(self, position: int | None, size: int) -> Iterator[tuple[range, int]]:
        for begin in range(position or 0, len(self._numbers), size):
            batch = self._numbers[begin : begin + size]
            yield batch, begin + len(batch)

    def remaining(self, position: int | None) -> int:
        return len(self._numbers) - (position or 0)

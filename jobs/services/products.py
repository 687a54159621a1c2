"""Products from a file: everything is staged and checked first, then written in batches.

Reading is in product_files.py, the rules for a row in product_checks.py, the SQL in product_staging.py. Each
phase goes on where an attempt that was killed had committed: docs/decisions/0006-import-that-goes-on.md.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from annotated_types import Ge
from typing_extensions import Doc

from jobs.exceptions import WrongInput
from jobs.progress import Progress, silent
from jobs.services.product_files import product_file
from jobs.services.product_reader import ProductReader
from jobs.services.product_rejections import write_rejections
from jobs.services.product_report import (
    ImportReport,
    count,
    forget_reading,
    ignored_columns_of,
    meet,
    reasons_of,
    report_of,
)
from jobs.services.product_source import ProductRows
from jobs.services.product_tables import ProductTables, once, product_tables
from jobs.sources import Source

# Rows in one COPY: its round trip no longer shows, and the texts of so many rows are half a megabyte.
COPY_ROWS = 5_000

logger = logging.getLogger(__name__)


def import_products(
    path: Annotated[Path, Doc("CSV or JSON file with columns sku, name and price")],
    *,
    batch_size: Annotated[int, Ge(1), Doc("products written in one transaction")] = 10_000,
    dry_run: Annotated[bool, Doc("say what would change, and change nothing")] = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import products from a file; a product whose SKU exists is updated.

    The columns category, department, brand and package_size are read too; those that the file lacks keep
    their values. Rows that are wrong are rejected, each with its reason, in the artifact rejected.csv.
    Raises WrongInput, with nothing changed, where the file as a whole cannot be read.
    """
    counts = progress.counts()
    with product_tables(progress) as tables:
        if not _are_sorted(tables, counts):
            _read(path, tables, counts, progress)
            _sort(tables, counts, progress)
        progress.update(0, message="Writing products")
        if dry_run:
            _compare(tables, counts, progress)
        else:
            _write(tables, counts, batch_size, progress)
    progress.update(counts["rows"], total=counts["rows"], message="")
    return report_of(counts, dry_run)


def _are_sorted(tables: ProductTables, counts: Counter[str]) -> bool:
    """Whether an earlier attempt has come so far; the tables are dropped with the last batch written."""
    is_written = "rows" in counts and counts["written"] == counts["rows"]
    return is_written or ("rows" in counts and tables.rows_sorted == counts["rows"])


def _read(path: Path, tables: ProductTables, counts: Counter[str], progress: Progress) -> None:
    with product_file(path) as file:
        _begin(file, tables, counts, progress)
        progress.update(0, message="Reading rows")
        rows = ProductRows(file)
        for batch in progress.batches(rows, COPY_ROWS, step="read"):
            count(batch, counts)
            meet(file.ignored_columns, counts)
            with tables.staging.copying(file.columns, batch):
                rows.read_ahead()
        meet(file.ignored_columns, counts)
        if ignored := ignored_columns_of(counts):
            logger.info("%s: ignored the columns %s", file.label, ", ".join(ignored))


def _begin(file: ProductReader, tables: ProductTables, counts: Counter[str], progress: Progress) -> None:
    """With the tables of an earlier attempt, if they hold what it has read."""
    stamp = tables.stamp
    if stamp not in (None, file.stamp):
        raise WrongInput(f"{file.label} has changed since its import began; start a new import")
    if stamp is None or tables.rows_read != counts["read"]:
        progress.restart("read")
        for _ in once(progress, "create"):
            tables.create(file.stamp)
            forget_reading(counts)


def _sort(tables: ProductTables, counts: Counter[str], progress: Progress) -> None:
    progress.update(0, message="Sorting rows")
    for _ in once(progress, "sort"):
        counts["rows"] = tables.staging.sort()
        with progress.artifact("rejected.csv") as path:
            if reasons_of(counts):
                write_rejections(tables.staging.rejected(), path)
        if not counts["rows"]:
            tables.drop()


def _compare(tables: ProductTables, counts: Counter[str], progress: Progress) -> None:
    for _ in progress.batches(range(counts["rows"])[:1], step="compare"):
        counts["created"], counts["updated"] = tables.staging.compare()
        counts["written"] = counts["rows"]
        tables.drop()


def _write(tables: ProductTables, counts: Counter[str], batch_size: int, progress: Progress) -> None:
    for numbers in progress.batches(Numbers(counts["rows"]), batch_size, step="write"):
        begin, end = numbers[0], numbers[-1] + 1
        created, updated = tables.staging.write(begin, end)
        counts.update(created=created, updated=updated, written=end - begin)
        if end == counts["rows"]:
            tables.drop()


class Numbers(Source[int]):
    """From 0 up to that one: a batch is a range, however long it is."""

    def __init__(self, end: int) -> None:
        self._end = end

    def batches(self, position: int | None, size: int) -> Iterator[tuple[range, int]]:
        for begin in range(position or 0, self._end, size):
            end = min(begin + size, self._end)
            yield range(begin, end), end

    def remaining(self, position: int | None) -> int:
        return self._end - (position or 0)

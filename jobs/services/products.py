"""Products from a file: everything is staged and checked first, then written in batches.

Reading is in product_files.py, the rules for a row in product_checks.py, the SQL in product_staging.py.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated

from annotated_types import Ge
from django.db import transaction
from typing_extensions import Doc

from jobs.progress import Progress, silent
from jobs.services.product_checks import Rejected, RowCheck
from jobs.services.product_files import product_file
from jobs.services.product_reader import ProductReader
from jobs.services.product_rejections import Rejections
from jobs.services.product_staging import Changes, Staging, staging

# Rows in one COPY: its round trip no longer shows, and the texts of so many rows are half a megabyte.
COPY_ROWS = 5_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """read = created + updated + unchanged + rejected + repeated.

    `repeated` counts rows whose SKU comes again further down: the last row wins. `reasons` groups the
    rejected ones. That of a dry run says what a real one would do.
    """

    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    repeated: int
    reasons: dict[str, int]
    ignored_columns: list[str]
    dry_run: bool


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
    with product_file(path) as file, staging() as staged:
        with progress.artifact("rejected.csv") as rejected, Rejections(rejected) as rejections:
            read = _stage(file, staged, rejections, progress)
        _tell_ignored(file)
        rows = staged.sort(file.filled_columns)
        changes = staged.compare() if dry_run else _write(staged, rows, batch_size, progress)
        progress.update(rows, total=rows, message="")
    return ImportReport(
        read=read,
        created=changes.created,
        updated=changes.updated,
        unchanged=rows - changes.created - changes.updated,
        rejected=rejections.count,
        repeated=read - rejections.count - rows,
        reasons=rejections.by_reason(),
        ignored_columns=file.ignored_columns,
        dry_run=dry_run,
    )


def _stage(file: ProductReader, staged: Staging, rejections: Rejections, progress: Progress) -> int:
    """How many rows were read; how many there will be is reckoned from the bytes so far."""
    lines = _lines(file, rejections)
    read = 0
    progress.update(0, message="Reading rows")
    block = list(islice(lines, COPY_ROWS))
    while block:
        read += len(block)
        # Python reads the next rows while the server stores these.
        with staged.copying(file.columns, "".join(block)):
            block = list(islice(lines, COPY_ROWS))
        progress.update(read, total=max(read, read * file.size // max(1, file.position)))
    return read


def _lines(file: ProductReader, rejections: Rejections) -> Iterator[str]:
    """One for each row; that of a rejected one is empty."""
    check = RowCheck(file.columns)
    for number, row in file.rows():
        try:
            yield check.line(number, row)
        except Rejected as rejected:
            rejections.add(number, rejected.sku, rejected.reason)
            yield ""


def _tell_ignored(file: ProductReader) -> None:
    if file.ignored_columns:
        logger.info("%s: ignored the columns %s", file.label, ", ".join(file.ignored_columns))


def _write(staged: Staging, rows: int, batch_size: int, progress: Progress) -> Changes:
    changes = Changes(created=0, updated=0)
    progress.update(0, total=rows, message="Writing products")
    for begin in range(0, rows, batch_size):
        end = min(begin + batch_size, rows)
        with transaction.atomic():
            changes += staged.write(begin, end)
        progress.update(end)
    return changes

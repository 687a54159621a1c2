"""Orders from a file; the ways of an import are in keyed_import/."""

from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le
from typing_extensions import Doc

from jobs.models.order import Order
from jobs.progress import Progress, silent
from jobs.services.keyed_import.columns import (
    AmountColumn,
    CountColumn,
    ListColumn,
    MomentColumn,
    text_of,
)
from jobs.services.keyed_import.file import UPLOADS, Format
from jobs.services.keyed_import.file_import import FileImport
from jobs.services.keyed_import.report import ImportReport
from jobs.services.keyed_import.target import Target

ORDERS = Target(
    table=Order._meta.db_table,
    noun="orders",
    columns=(
        text_of(Order, "number", is_required=True),
        text_of(Order, "customer", is_required=True),
        MomentColumn(name="placed_at", label="placed_at", is_required=True),
        # Below zero for what came back.
        AmountColumn(name="amount", label="amount", is_required=True, may_be_negative=True),
        CountColumn(name="lines", label="lines"),
        text_of(Order, "store"),
        ListColumn(name="tags", label="tags", longest=40),
    ),
    aliases={"store_id": "store"},
)


def import_orders(
    path: Annotated[
        Path,
        Doc("CSV, JSON or XLSX file with columns number, customer, placed_at and amount; may be .gz"),
        UPLOADS,
    ],
    *,
    format: Annotated[Format | None, Doc("the file's format, where its name does not say it")] = None,  # noqa: A002 as in --format
    batch_size: Annotated[int, Ge(1), Doc("orders written in one transaction")] = 10_000,
    shards: Annotated[
        int,
        Ge(1),
        Le(16),
        Doc("parts of the orders that are written at the same time, over a connection each"),
    ] = 2,
    only: Annotated[
        Path | None, Doc("a rejected.csv that an import of the same file has left: take its lines alone")
    ] = None,
    dry_run: Annotated[bool, Doc("say what would change, and change nothing")] = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import orders from a file; an order whose number exists is updated, but for its state.

    The columns lines, store (or store_id) and tags, with `;` between two, are read too; those that the file
    lacks keep their values. A placed_at without a zone is of the service's, and the first of two where the
    clock is set back. Rows that are wrong are rejected, each with its reason, in the artifact rejected.csv.
    Raises WrongInput, with nothing changed, where the file as a whole cannot be read.
    """
    job = FileImport(ORDERS, path, format, progress, only=only)
    return job.perform(batch_size=batch_size, shards=shards, dry_run=dry_run)

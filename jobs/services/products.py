"""Products from a file; the ways of an import are in keyed_import/."""

from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le
from typing_extensions import Doc

from jobs.models.product import Product
from jobs.progress import Progress, silent
from jobs.services.keyed_import.columns import AmountColumn, text_of
from jobs.services.keyed_import.file import UPLOADS, Format
from jobs.services.keyed_import.file_import import FileImport
from jobs.services.keyed_import.report import ImportReport
from jobs.services.keyed_import.target import Target

PRODUCTS = Target(
    table=Product._meta.db_table,
    noun="products",
    columns=(
        text_of(Product, "sku", label="SKU", is_required=True),
        text_of(Product, "name", is_required=True),
        AmountColumn(name="price", label="price", is_required=True),
        text_of(Product, "category"),
        text_of(Product, "department"),
        text_of(Product, "brand"),
        text_of(Product, "package_size", label="package size"),
    ),
)


def import_products(
    path: Annotated[
        Path, Doc("CSV, JSON or XLSX file with columns sku, name and price; may be .gz"), UPLOADS
    ],
    *,
    format: Annotated[Format | None, Doc("the file's format, where its name does not say it")] = None,  # noqa: A002 as in --format
    batch_size: Annotated[int, Ge(1), Doc("products written in one transaction")] = 10_000,
    shards: Annotated[
        int,
        Ge(1),
        Le(16),
        Doc("parts of the products that are written at the same time, over a connection each"),
    ] = 2,
    only: Annotated[
        Path | None, Doc("a rejected.csv that an import of the same file has left: take its lines alone")
    ] = None,
    dry_run: Annotated[bool, Doc("say what would change, and change nothing")] = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import products from a file; a product whose SKU exists is updated.

    The columns category, department, brand and package_size are read too; those that the file lacks keep
    their values. Rows that are wrong are rejected, each with its reason, in the artifact rejected.csv.
    Raises WrongInput, with nothing changed, where the file as a whole cannot be read.
    """
    job = FileImport(PRODUCTS, path, format, progress, only=only)
    return job.perform(batch_size=batch_size, shards=shards, dry_run=dry_run)

"""Products from a JSON API: fetched page by page, and written like those of a file.

What may be asked, and how often, is in web.py; the rules for a product are in products.py.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge
from django.utils.module_loading import import_string
from pydantic import SecretStr
from typing_extensions import Doc

from jobs.progress import Progress, silent
from jobs.services.keyed_import.report import RowCounts, count, row_counts
from jobs.services.keyed_import.rows import CheckedRows
from jobs.services.keyed_import.tables import ImportTables
from jobs.services.page_validators import PageValidators
from jobs.services.products import PRODUCTS
from jobs.services.web_addresses import shown

NAME = "sync_products"
# By name, as the writers in exports.py: every command and every worker would import what asks the network.
WEB = "jobs.services.web.Web"
PAGES = "jobs.services.product_pages.ProductPages"


@dataclass(frozen=True, kw_only=True)
class SyncReport(RowCounts):
    """`unchanged_pages` are those that the server said are as they were; their products were not read.

    `validators` is for the next sync of the same URL, and for nobody's eyes; a dry run has none.
    """

    pages: int
    unchanged_pages: int
    validators: dict[str, str]
    dry_run: bool


def sync_products(
    *,
    url: Annotated[str, Doc("of the first page, http or https")],
    credentials: Annotated[SecretStr | None, Doc("user:password, or a token")] = None,
    most_pages: Annotated[int, Ge(1), Doc("stop with an error behind so many pages")] = 1_000,
    most_bytes: Annotated[int, Ge(1), Doc("refuse a page that is longer")] = 10_000_000,
    full: Annotated[bool, Doc("fetch all pages, changed or not")] = False,
    dry_run: Annotated[bool, Doc("say what would change, and change nothing")] = False,
    progress: Progress = silent,
) -> SyncReport:
    """Fetch products from a JSON API; a product whose SKU exists is updated.

    Raises WrongInput, AnswerRefused, and ServerUnavailable where the same may work later. Pages that were
    written before stay.
    """
    secret = credentials.get_secret_value() if credentials else ""
    counts = progress.counts()
    validators = PageValidators() if full else PageValidators.of_last_sync(NAME, url)
    open_web: Callable[..., Any] = import_string(WEB)
    with closing(open_web(url, progress, most_bytes=most_bytes, credentials=secret)) as web:
        progress.update(message=f"Fetching {shown(web.url)}")
        pages = import_string(PAGES)(web, validators, counts, most_pages=most_pages)
        for rows in progress.batches(pages, step="pages"):
            counts["pages"] += 1
            if rows:
                count(rows, counts)
                _write(rows, counts, dry_run)
    return _report(counts, validators, dry_run)


def _write(rows: Sequence[CheckedRows], counts: Counter[str], dry_run: bool) -> None:
    """In the transaction of the page, by way of temporary tables."""
    tables = ImportTables(PRODUCTS, silent)
    tables.create("a page")
    with tables.staging.copying(list(PRODUCTS.by_name), rows):
        pass
    sound = tables.staging.sort()
    created, updated = tables.staging.compare() if dry_run else tables.staging.write(0, sound)
    counts.update(rows=sound, created=created, updated=updated)
    tables.drop()


def _report(counts: Counter[str], validators: PageValidators, dry_run: bool) -> SyncReport:
    return SyncReport(
        **row_counts(counts),
        pages=counts["pages"],
        unchanged_pages=counts["unchanged pages"],
        validators={} if dry_run else validators.sealed(),
        dry_run=dry_run,
    )

"""Changes of data that a schema migration would hold a table for: over big tables, batch by batch.

A new one is a member of `Name` and a `DataMigration` in MIGRATIONS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from annotated_types import Ge
from django.db.models import QuerySet
from django.db.models.functions import Now
from typing_extensions import Doc

from jobs.exceptions import WrongInput
from jobs.key_ranges import KeyRanges
from jobs.models.product import Product
from jobs.progress import Progress, silent


class Name(StrEnum):
    MERGE_CATEGORIES = "merge_categories"


@dataclass(frozen=True, kw_only=True)
class DataMigration:
    """From an old value to a new one.

    `rows` are those that hold a value. `change` gives the new value to some of them in one statement, after
    which they hold the old one no more, and returns how many it has changed. A value has `longest` characters
    at most.
    """

    rows: Callable[[str], QuerySet[Any]]
    change: Callable[[QuerySet[Any], str], int]
    longest: int


def _in_category(category: str) -> QuerySet[Product]:
    return Product.objects.filter(category=category)


def _give_category(products: QuerySet[Product], category: str) -> int:
    return products.update(category=category, updated_at=Now())


MIGRATIONS = {
    Name.MERGE_CATEGORIES: DataMigration(rows=_in_category, change=_give_category, longest=120),
}


@dataclass(frozen=True, kw_only=True)
class MigrationReport:
    """Rows: `changed` by this run, or those that a real run would change; the rest before and after it."""

    changed: int
    old_before: int
    old_after: int
    new_before: int
    new_after: int
    dry_run: bool


def migrate_data(
    name: Annotated[Name, Doc("which data migration")],
    *,
    old: Annotated[str, Doc("the value that rows have, such as the category that is to go")],
    new: Annotated[str, Doc("the value that they get")],
    batch_size: Annotated[int, Ge(1), Doc("rows changed in one transaction")] = 5_000,
    dry_run: Annotated[bool, Doc("count, and change nothing")] = False,
    progress: Progress = silent,
) -> MigrationReport:
    """Give all rows of a big table that have one value another one, batch by batch.

    merge_categories gives the products of the category OLD the category NEW. Raises WrongInput where the two
    are the same, or the new one is too long.
    """
    migration = MIGRATIONS[name]
    _check(migration, old, new)
    counts = progress.counts()
    if "old_before" not in counts:
        counts.update(old_before=migration.rows(old).count(), new_before=migration.rows(new).count())
    if not dry_run:
        progress.update(message=f"Changing {old} to {new}")
        for batch in progress.batches(KeyRanges(migration.rows(old)), batch_size, step="change"):
            counts["changed"] += migration.change(batch.rows, new)
    return MigrationReport(
        changed=counts["old_before"] if dry_run else counts["changed"],
        old_before=counts["old_before"],
        old_after=migration.rows(old).count(),
        new_before=counts["new_before"],
        new_after=migration.rows(new).count(),
        dry_run=dry_run,
    )


def _check(migration: DataMigration, old: str, new: str) -> None:
    if old == new:
        raise WrongInput(f"The old and the new value are both {old!r}; give two that differ")
    if len(new) > migration.longest:
        raise WrongInput(
            f"The new value has {len(new)} characters; give one with at most {migration.longest}"
        )

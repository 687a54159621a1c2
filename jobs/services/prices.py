"""What the products cost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any

from annotated_types import Ge, Le
from django.db import connection
from typing_extensions import Doc

from jobs.exceptions import WrongInput
from jobs.models.product import Product
from jobs.progress import Progress, silent
from jobs.sources import Source

EXAMPLES_SHOWN = 10
CATEGORIES_NAMED = 3

# Exact: a product of numerics has all the digits of both, while a quotient is cut somewhere.
EXACT = "(price * (100 + %(percentage)s::numeric) * 0.01)"
# round(numeric) takes halves away from zero, which adds up over many prices; to even, they balance.
NEW = f"""
CASE WHEN mod(abs({EXACT}), 0.01) = 0.005 THEN round({EXACT} * 50) * 0.02 ELSE round({EXACT}, 2) END
"""
SELECTED = "(%(category)s::text IS NULL OR category = %(category)s)"

# What it would do; the last is the SKU of a price that would not fit into its column.
PREVIEW = f"""
SELECT count(*), count(*) FILTER (WHERE {NEW} <> price), min(sku) FILTER (WHERE abs({NEW}) >= 1e10)
FROM jobs_product WHERE {SELECTED}
"""  # noqa: S608 made of constants
EXAMPLES = f"""
SELECT sku, price, {NEW} FROM jobs_product WHERE {SELECTED} AND {NEW} <> price
ORDER BY sku LIMIT {EXAMPLES_SHOWN}
"""  # noqa: S608
CHANGE = f"""
UPDATE jobs_product SET price = {NEW}, updated_at = statement_timestamp()
WHERE id BETWEEN %(first)s AND %(last)s AND {SELECTED} AND {NEW} <> price
"""  # noqa: S608


@dataclass(frozen=True, kw_only=True)
class PriceChange:
    sku: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, kw_only=True)
class PriceReport:
    """`matched` counts the products in question, `changed` those whose price is another, or would be."""

    matched: int
    changed: int
    dry_run: bool


@dataclass(frozen=True, kw_only=True)
class PricePreview(PriceReport):
    """`examples` are the first ten by SKU."""

    examples: list[PriceChange]


def bulk_update_prices(
    *,
    percentage: Annotated[
        Decimal, Ge(-100), Le(1_000_000), Doc("percent to raise prices by; below 0 lowers them")
    ],
    category: Annotated[str | None, Doc("products of this category only")] = None,
    atomic: Annotated[bool, Doc("all or nothing; otherwise batch by batch")] = True,
    batch_size: Annotated[int, Ge(1), Doc("products changed in one statement")] = 10_000,
    dry_run: Annotated[bool, Doc("show what would change, and change nothing")] = False,
    progress: Progress = silent,
) -> PriceReport:
    """Raise or lower prices by a percentage, rounded half to even to cents.

    Raises WrongInput, with nothing changed, where no product matches or a price would have too many digits.
    """
    change = Change(percentage, category)
    counts = progress.counts()
    _check(change, counts, progress)
    if dry_run:
        return PricePreview(
            matched=counts["matched"],
            changed=counts["to_change"],
            dry_run=True,
            examples=change.examples(),
        )
    progress.update(0, total=counts["matched"], message="Changing prices")
    if atomic:
        _change_at_once(change, batch_size, counts, progress)
    else:
        for keys in progress.batches(change, batch_size, step="change"):
            counts["changed"] += change.apply(keys)
    progress.update(counts["matched"], total=counts["matched"], message="")
    return PriceReport(matched=counts["matched"], changed=counts["changed"], dry_run=False)


class Change(Source[int]):
    """Prices of one category, or of all products, by so many percent; it walks their keys."""

    def __init__(self, percentage: Decimal, category: str | None) -> None:
        self.percentage = percentage
        self.category = category
        products = Product.objects.order_by("pk").values_list("pk", flat=True)
        self._keys = products if category is None else products.filter(category=category)

    def preview(self) -> tuple[int, int, str | None]:
        matched, changed, too_long = self._fetch(PREVIEW)[0]
        return matched, changed, too_long

    def examples(self) -> list[PriceChange]:
        return [PriceChange(sku=sku, before=old, after=new) for sku, old, new in self._fetch(EXAMPLES)]

    def apply(self, keys: Sequence[int]) -> int:
        """How many prices became others."""
        with connection.cursor() as cursor:
            cursor.execute(CHANGE, self._values | {"first": keys[0], "last": keys[-1]})
            changed: int = cursor.rowcount
        return changed

    def batches(self, position: int | None, size: int) -> Iterator[tuple[Sequence[int], int]]:
        while batch := list(self._keys.filter(pk__gt=position or 0)[:size]):
            position = batch[-1]
            yield batch, position

    def remaining(self, position: int | None) -> int:
        return self._keys.filter(pk__gt=position or 0).count()

    @property
    def _values(self) -> dict[str, Any]:
        return {"percentage": self.percentage, "category": self.category}

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, self._values)
            return list(cursor.fetchall())


def _check(change: Change, counts: Counter[str], progress: Progress) -> None:
    """Once a run: an attempt that goes on would find prices that were changed already."""
    for _ in progress.batches(["check"], step="check"):
        counts["matched"], counts["to_change"], too_long = change.preview()
        if not counts["matched"]:
            raise WrongInput(_nothing_matches(change.category))
        if too_long is not None:
            raise WrongInput(
                f"With {change.percentage} percent the price of {too_long!r} would have more than ten digits "
                "before the point; choose a lower percentage, or a category without it"
            )


def _nothing_matches(category: str | None) -> str:
    names = Product.objects.exclude(category="").order_by("category").values_list("category", flat=True)
    known = {name.casefold(): name for name in names.distinct()}
    if category is None or not known:
        return "There are no products" + ("" if category is None else " with a category") + "; import some"
    near = get_close_matches(category.casefold(), known, n=CATEGORIES_NAMED)
    named = ", ".join(repr(known[each]) for each in near or list(known)[:CATEGORIES_NAMED])
    hint = f"did you mean {named}?" if near else f"there are {len(known)} categories, such as {named}"
    return f"No product is in the category {category!r}; {hint}"


def _change_at_once(change: Change, batch_size: int, counts: Counter[str], progress: Progress) -> None:
    # One batch of the run, so that its place is committed with the prices: tried again after a crash behind
    # the commit, it raises none a second time.
    for _ in progress.batches(["all"], step="change"):
        for keys, _ in change.batches(None, batch_size):
            counts["changed"] += change.apply(keys)
            progress.update()  # writes nothing inside of a transaction; a worker that has to stop stops here

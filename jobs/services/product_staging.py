"""The SQL of a product import: temporary tables filled by COPY, sorted, and merged batch by batch."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection, transaction

from jobs.services.product_checks import COLUMNS, OPTIONAL

DROP = "DROP TABLE IF EXISTS pg_temp.staged_product, pg_temp.sorted_product"

# As a query, so that types and collations are those of the table.
CREATE = """
CREATE TEMPORARY TABLE staged_product AS
SELECT 0::bigint AS line, {columns} FROM jobs_product WITH NO DATA
"""

COPY = "COPY pg_temp.staged_product (line, {columns}) FROM STDIN"

# The last row of a SKU wins. Sorted once and numbered, a batch is a range that lies in one piece on disk,
# and rows that arrive in the order of the index are written a quarter faster.
SORT = """
CREATE TEMPORARY TABLE sorted_product AS
SELECT row_number() OVER () AS number, * FROM (
    SELECT DISTINCT ON (sku) * FROM pg_temp.staged_product ORDER BY sku, line DESC
) AS last_row
"""
INDEX = "CREATE INDEX ON pg_temp.sorted_product (number)"

# xmax is 0 in a row version that nobody has locked or replaced: an inserted one, not an updated one.
WRITE = """
WITH written AS (
    INSERT INTO jobs_product ({columns})
    SELECT {values} FROM pg_temp.sorted_product AS staged
    WHERE number > %s AND number <= %s ORDER BY number
    ON CONFLICT (sku) DO UPDATE SET {assignments}, updated_at = statement_timestamp()
    WHERE ({old}) IS DISTINCT FROM ({new})
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
"""

COMPARE = """
SELECT count(*) FILTER (WHERE jobs_product.sku IS NULL),
       count(*) FILTER (WHERE jobs_product.sku IS NOT NULL AND ({old}) IS DISTINCT FROM ({new}))
FROM (SELECT {values} FROM pg_temp.sorted_product AS staged) AS excluded
LEFT JOIN jobs_product ON jobs_product.sku = excluded.sku
"""

# An object of a JSON file may lack what others have. The inner query runs for such a row only.
OPTIONAL_VALUE = (
    "coalesce(staged.{0}, (SELECT kept.{0} FROM jobs_product AS kept WHERE kept.sku = staged.sku), '') AS {0}"
)


@dataclass(frozen=True, kw_only=True)
class Changes:
    created: int
    updated: int

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(created=self.created + other.created, updated=self.updated + other.updated)


@contextmanager
def staging() -> Iterator["Staging"]:
    """The tables belong to the session, which lives on: they are dropped whatever happens."""
    staged = Staging()
    staged.create()
    try:
        yield staged
    finally:
        # With a lost connection, or a failed transaction of the caller's, they go by themselves.
        with suppress(DatabaseError, InterfaceError):
            _execute(DROP)


class Staging:
    """Filled with `copy`, then sorted, then compared with the products or written to them."""

    def __init__(self) -> None:
        self._parts: dict[str, str] = {}

    def create(self) -> None:
        _execute(DROP)
        _execute(CREATE.format(columns=", ".join(COLUMNS)))

    @contextmanager
    def copying(self, columns: Sequence[str], lines: str) -> Iterator[None]:
        """Add lines of COPY's text format: each a number, then the values of the columns.

        The server works on them during the block; if that raises, they are not added.
        """
        statement = COPY.format(columns=", ".join(columns))
        # A COPY that is broken off fails its transaction, which may be the caller's: hence a savepoint. And
        # Django does not see what psycopg's copy raises, while callers expect Django's errors.
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(statement) as copy,
        ):
            copy.write(lines)
            yield

    def sort(self, columns: Collection[str]) -> int:
        """How many distinct products are staged; only those columns of them are compared and written."""
        self._parts = _parts([column for column in COLUMNS if column in columns])
        rows = _execute(SORT)
        _execute(INDEX)
        return rows

    def compare(self) -> Changes:
        """What writing them all would change."""
        created, updated = _fetch(COMPARE.format(**self._parts))
        return Changes(created=created, updated=updated)

    def write(self, begin: int, end: int) -> Changes:
        """Write the products after number `begin` up to number `end`, in the order of their SKUs."""
        created, updated = _fetch(WRITE.format(**self._parts), begin, end)
        return Changes(created=created, updated=updated)


def _parts(columns: Sequence[str]) -> dict[str, str]:
    """The lists of columns that the statements are made of."""
    changing = [column for column in columns if column != "sku"]
    return {
        "columns": ", ".join(columns),
        "values": ", ".join(map(_value, columns)),
        "assignments": ", ".join(f"{column} = excluded.{column}" for column in changing),
        "old": ", ".join(f"jobs_product.{column}" for column in changing),
        "new": ", ".join(f"excluded.{column}" for column in changing),
    }


def _value(column: str) -> str:
    return OPTIONAL_VALUE.format(column) if column in OPTIONAL else f"staged.{column}"


def _execute(statement: str) -> int:
    """How many rows it made."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: int = cursor.rowcount
    return rows


def _fetch(statement: str, *values: int) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[int, ...] = cursor.fetchone()
    return row

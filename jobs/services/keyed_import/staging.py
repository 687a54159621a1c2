"""The SQL of an import: rows brought in by COPY, sorted, and merged batch by batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection

from jobs.services.keyed_import.rows import CheckedRows, Rejection
from jobs.services.keyed_import.target import Target

FETCHED = 5_000  # rejected rows in memory at a time

COPY = "COPY {name} ({columns}) FROM STDIN"
COPY_REJECTED = "COPY {name}_rejected (line, key, reason) FROM STDIN"
REJECTED = "SELECT line, key, reason FROM {name}_rejected ORDER BY line"

FILLED = "SELECT {counts} FROM {name}"
SORTED_COLUMNS = "SELECT * FROM {name}_sorted LIMIT 0"

# The last row of a key wins. Sorted once and numbered, a batch is a range that lies in one piece on disk,
# and rows that arrive in the order of the index are written a quarter faster. The same rows get the same
# numbers each time, so the writing can go on with a table that had to be made anew.
SORT = """
CREATE {kind} TABLE {name}_sorted AS
SELECT row_number() OVER () AS ordinal, {columns} FROM (
    SELECT DISTINCT ON ({key}) {columns} FROM {name} ORDER BY {key}, line DESC
) AS last_row
"""
DROP_SORTED = "DROP TABLE IF EXISTS {name}_sorted"
INDEX = "CREATE INDEX ON {name}_sorted (ordinal)"

# xmax is 0 in a row version that nobody has locked or replaced: an inserted one, not an updated one.
WRITE = """
WITH written AS (
    INSERT INTO {table} AS kept ({columns})
    SELECT {values} FROM {name}_sorted AS staged
    WHERE ordinal > %s AND ordinal <= %s {unless_same} ORDER BY ordinal
    ON CONFLICT ({key}) DO UPDATE SET {assignments}, updated_at = statement_timestamp()
    WHERE ({old}) IS DISTINCT FROM ({new})
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
"""

# A row that meets one like itself is locked for it, which costs as much as half a change. To look beforehand
# costs a tenth of a change, so it pays where most rows are the same. OFFSET keeps the planner from a join.
UNLESS_SAME = """
AND NOT EXISTS (
    SELECT FROM {table} AS held
    WHERE held.{key} = staged.{key} AND ({held}) IS NOT DISTINCT FROM ({given}) OFFSET 0)
"""

COMPARE = """
SELECT count(*) FILTER (WHERE kept.{key} IS NULL),
       count(*) FILTER (WHERE kept.{key} IS NOT NULL AND ({old}) IS DISTINCT FROM ({new}))
FROM (SELECT {values} FROM {name}_sorted AS staged) AS excluded
LEFT JOIN {table} AS kept ON kept.{key} = excluded.{key}
"""

# An object of a JSON file may lack what others have. The inner query runs for such a row only.
OPTIONAL_VALUE = """
coalesce(staged.{0}, (SELECT held.{0} FROM {table} AS held WHERE held.{key} = staged.{key}), '{empty}') AS {0}
"""


class Changes(NamedTuple):
    created: int
    updated: int


class Staging:
    """Filled with `copying`, then sorted, then compared with the target's table or written to it."""

    def __init__(self, target: Target, name: str, kind: str) -> None:
        self._target = target
        self._table = {"name": name, "kind": kind, "table": target.table, "key": target.key}
        self._parts: dict[str, str] = {}

    @contextmanager
    def copying(self, columns: Sequence[str], rows: Sequence[CheckedRows]) -> Iterator[None]:
        """Add the rows, in the caller's transaction; the values of the sound ones stand in that order.

        The server works on them during the block.
        """
        rejected = [_rejected_line(row) for row in rows if isinstance(row, Rejection)]
        if rejected:
            with self._copying(COPY_REJECTED, "".join(rejected)):
                pass
        lines = "".join([row for row in rows if isinstance(row, str)])
        with self._copying(COPY, lines, columns=", ".join(columns)):
            yield

    @contextmanager
    def _copying(self, statement: str, lines: str, **parts: str) -> Iterator[None]:
        # Django does not see what psycopg's copy raises, while callers expect Django's errors.
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(statement.format(**self._table, **parts)) as copy,
        ):
            copy.write(lines)
            yield

    def rejected(self) -> Iterator[tuple[int, bytes, str]]:
        """In the order of their lines, with the value of the key in UTF-8."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(REJECTED.format(**self._table))
            while rows := cursor.fetchmany(FETCHED):
                yield from rows

    def sort(self) -> int:
        """How many distinct keys there are."""
        optional = self._target.optional
        counted = ", ".join(f"count({column})" for column in optional)
        counts = self._fetch(FILLED.format(**self._table, counts=counted))
        empty = {column for column, count in zip(optional, counts, strict=True) if not count}
        columns = ", ".join(column for column in self._target.by_name if column not in empty)
        self._execute(DROP_SORTED.format(**self._table))
        rows = self._execute(SORT.format(**self._table, columns=columns))
        self._execute(INDEX.format(**self._table))
        return rows

    def compare(self) -> Changes:
        """What writing them all would change."""
        return Changes(*self._fetch(COMPARE.format(**self._statement_parts())))

    def write(self, begin: int, end: int, *, mostly_same: bool = False) -> Changes:
        """Write the rows after number `begin` up to number `end`, in the order of their keys.

        It is faster where it is known whether most of them are there already, just like that.
        """
        parts = self._statement_parts()
        unless_same = UNLESS_SAME.format(**parts) if mostly_same else ""
        return Changes(*self._fetch(WRITE.format(**parts, unless_same=unless_same), begin, end))

    def _statement_parts(self) -> dict[str, str]:
        if not self._parts:
            with connection.cursor() as cursor:
                cursor.execute(SORTED_COLUMNS.format(**self._table))
                columns = [name for name, *_ in cursor.description[1:]]
            self._parts = self._table | _parts(self._target, columns)
        return self._parts

    def _execute(self, statement: str) -> int:
        """How many rows it made."""
        with connection.cursor() as cursor:
            cursor.execute(statement)
            rows: int = cursor.rowcount
        return rows

    def _fetch(self, statement: str, *values: int) -> tuple[int, ...]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row: tuple[int, ...] = cursor.fetchone()
        return row


def _rejected_line(row: Rejection) -> str:
    # Backslashes are for COPY. What cannot be encoded was perhaps the reason; it is then shown as an escape.
    key = row.key.encode("utf-8", "backslashreplace").hex()
    return f"{row.line}\t\\\\x{key}\t{row.reason}\n"


def _parts(target: Target, columns: Sequence[str]) -> dict[str, str]:
    """The lists of columns that the statements are made of."""
    changing = [column for column in columns if column != target.key]
    return {
        "columns": ", ".join(columns),
        "values": ", ".join(_value(target, column) for column in columns),
        "assignments": ", ".join(f"{column} = excluded.{column}" for column in changing),
        "old": ", ".join(f"kept.{column}" for column in changing),
        "new": ", ".join(f"excluded.{column}" for column in changing),
        "held": ", ".join(f"held.{column}" for column in changing),
        "given": ", ".join(f"coalesce(staged.{column}, held.{column})" for column in changing),
    }


def _value(target: Target, name: str) -> str:
    column = target.by_name[name]
    if column.is_required:
        return f"staged.{name}"
    return OPTIONAL_VALUE.format(name, table=target.table, key=target.key, empty=column.EMPTY)

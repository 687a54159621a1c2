"""The tables that an import keeps for itself: made, found again by the next attempt, and dropped.

They are named after the run, and logged in no WAL: a crash of PostgreSQL empties them, which is seen by their
number of rows. What no run records has no next attempt, and makes do with temporary ones.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from django.db import Error, InterfaceError, OperationalError, connection

from jobs.exceptions import LeaseLost, StopReason, StopRequested
from jobs.models.run import Run
from jobs.progress import Progress
from jobs.services.keyed_import.staging import Staging
from jobs.services.keyed_import.target import Target

# As a query, so that types and collations are those of the target's table. A rejected key is bytes, since
# what cannot be stored as text may be what it was rejected for.
CREATE = """
DROP TABLE IF EXISTS {name}, {name}_rejected, {name}_sorted;
CREATE {kind} TABLE {name} AS SELECT {columns} FROM {table} WITH NO DATA;
ALTER TABLE {name} ADD line bigint GENERATED ALWAYS AS IDENTITY;
CREATE {kind} TABLE {name}_rejected (line bigint NOT NULL, key bytea NOT NULL, reason text NOT NULL);
COMMENT ON TABLE {name} IS '{stamp}'
"""
DROP = "DROP TABLE IF EXISTS {name}, {name}_rejected, {name}_sorted"
EXISTS = "SELECT to_regclass(%s) IS NOT NULL"
STAMP = "SELECT obj_description(to_regclass(%s), 'pg_class')"
ROWS = "SELECT count(*) FROM {table}"
LASTING = """
SELECT relname FROM pg_class
WHERE relname ~ '^import_[0-9a-f]{32}(_rejected|_sorted)?$' AND relkind = 'r'
  AND relnamespace = current_schema()::regnamespace
"""

# After these the run goes on, or its other attempt does already.
GOES_ON = (LeaseLost, OSError, OperationalError, InterfaceError, KeyboardInterrupt, StopRequested)


class ImportTables:
    """`name` and two more that begin with it: the rows as read, the rejected ones, the sorted ones."""

    def __init__(self, target: Target, progress: Progress) -> None:
        self._target = target
        key = progress.key
        self.name = f"import_{UUID(key).hex}"
        # A progress that is not recorded has a new key each time: nobody would find the tables again.
        self.are_lasting = key == progress.key
        self.staging = Staging(target, self.name, "UNLOGGED" if self.are_lasting else "TEMPORARY")

    def create(self, stamp: str) -> None:
        """Empty ones, whatever was there, for the file of that stamp."""
        kind = "UNLOGGED" if self.are_lasting else "TEMPORARY"
        columns, table = ", ".join(self._target.by_name), self._target.table
        _execute(CREATE.format(name=self.name, kind=kind, columns=columns, table=table, stamp=stamp))

    def drop(self) -> None:
        _execute(DROP.format(name=self.name))

    @property
    def stamp(self) -> str | None:
        """Of the file that they were made for; None where there are no tables."""
        stamp: str | None = _value(STAMP, self.name)
        return stamp

    @property
    def rows_read(self) -> int:
        return self._rows("") + self._rows("_rejected")

    @property
    def rows_sorted(self) -> int:
        return self._rows("_sorted")

    def _rows(self, suffix: str) -> int:
        table = f"{self.name}{suffix}"
        return int(_value(ROWS.format(table=table))) if _value(EXISTS, table) else 0


@contextmanager
def import_tables(target: Target, progress: Progress) -> Iterator[ImportTables]:
    """They outlive the block only where it is left for another attempt, which goes on with them."""
    tables = ImportTables(target, progress)
    try:
        yield tables
        progress.update(message="Dropping the tables of the import")
        for _ in progress.batches([tables.name], step="done"):
            tables.drop()
    except BaseException as error:
        if not tables.are_lasting or _is_cancel(error):
            # With a lost connection, or a failed transaction of the caller's, temporary ones just go.
            with suppress(Error):
                tables.drop()
        elif not isinstance(error, GOES_ON):
            # In a batch, which an attempt that has lost its lease cannot commit: they are no longer its own.
            with suppress(Error, LeaseLost, StopRequested):
                for _ in progress.once("drop"):
                    tables.drop()
        raise


def _is_cancel(error: BaseException) -> bool:
    return isinstance(error, StopRequested) and error.reason == StopReason.CANCELLED


def drop_abandoned_tables() -> None:
    """Those of runs that have ended, or whose record is gone."""
    found = {name: UUID(re.split("_", name)[1]) for name in _names(LASTING)}
    active = set(Run.objects.active().filter(pk__in=found.values()).values_list("pk", flat=True))
    for name, key in found.items():
        if key not in active:
            _execute(f"DROP TABLE IF EXISTS {name}")


def _names(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [name for (name,) in cursor.fetchall()]


def _value(query: str, *values: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

"""What PostgreSQL says of itself, in figures and sentences: no table is read through for it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from annotated_types import Ge
from django.db import connection
from rich.filesize import decimal
from typing_extensions import Doc

from jobs.progress import Progress, silent
from jobs.services.diagnosis import (
    Diagnosis,
    Finding,
    Level,
    duration_words,
    failure,
    good,
    refuse_failures,
    warning,
    worst,
)
from jobs.services.health import check_connection, check_migrations
from jobs.services.table_sizes import TableSize, table_sizes

OLDEST = 14  # the first version that Django 5.2 works with
BUSY = 0.8  # of the connections that the server has
DEAD_ROWS, DEAD_SHARE = 10_000, 0.2  # autovacuum comes at a fifth, so above it has not come
UNUSED_BYTES, UNUSED_SHARE = 100_000_000, 0.5

CONNECTIONS = """
SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity
WHERE backend_type = 'client backend'
"""
LONGEST = """
SELECT clock_timestamp() - xact_start, pid, state FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
  AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
ORDER BY xact_start LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class DatabaseDiagnosis(Diagnosis):
    """`tables` are the largest ones, the largest first."""

    tables: dict[str, TableSize]


def check_database(
    *,
    largest: Annotated[int, Ge(0), Doc("list so many of the largest tables")] = 10,
    max_transaction: Annotated[timedelta, Doc("warn where a transaction is open for longer")] = timedelta(
        minutes=10
    ),
    progress: Progress = silent,
) -> DatabaseDiagnosis:
    """Look at the database: connection, version, migrations, sizes, dead rows, transactions, unused space.

    Fails where it does not answer, is too old, or lacks migrations; the rest are warnings. The figures are
    the server's own statistics: no table is read through for them.
    """
    answer = check_connection()
    checks, tables = {"connection": answer}, dict[str, TableSize]()
    if answer.level is Level.OK:
        progress.update(message="Asking for the size of every table")
        tables = table_sizes()
        checks = {
            "connection": _connections(answer),
            "version": _version(),
            "migrations": check_migrations(),
            "size": _size(tables),
            "dead rows": _dead_rows(tables),
            "transactions": _longest_transaction(max_transaction),
            "unused space": _unused_space(tables),
        }
    shown = dict(list(tables.items())[:largest])
    diagnosis = DatabaseDiagnosis(status=worst(checks.values()), checks=checks, tables=shown)
    refuse_failures(diagnosis)
    return diagnosis


def _connections(answer: Finding) -> Finding:
    used, most = _rows(CONNECTIONS)[0]
    figure = f"{answer.figure}; {used} of {most} connections in use"
    if used <= BUSY * most:
        return good(figure)
    return warning(figure, "Run fewer workers, or give PostgreSQL a higher max_connections.")


def _version() -> Finding:
    (number,) = _rows("SELECT current_setting('server_version_num')::int")[0]
    major = number // 10_000
    if major < OLDEST:
        return failure(f"PostgreSQL {major}", f"Use PostgreSQL {OLDEST} or newer: Django needs it.")
    return good(f"PostgreSQL {major}.{number % 10_000}")


def _size(tables: dict[str, TableSize]) -> Finding:
    (size,) = _rows("SELECT pg_database_size(current_database())")[0]
    name, largest = next(iter(tables.items()), ("", None))
    about = f", the largest {name} with {decimal(largest.size)}" if largest else ""
    return good(f"{decimal(size)} in {len(tables)} tables{about}")


def _dead_rows(tables: dict[str, TableSize]) -> Finding:
    dead = sum(each.dead_rows for each in tables.values())
    share = dead / max(1, dead + sum(each.rows for each in tables.values()))
    figure = f"{dead:,} dead rows ({100 * share:.0f} % of all)"
    advice = "Run VACUUM (ANALYZE) {}; if they come back, a long transaction holds them or autovacuum is off."
    bad = [name for name, each in tables.items() if _has_many_dead(each)]
    return _in_tables(bad, f"{figure}, most of them in", advice) if bad else good(figure)


def _has_many_dead(table: TableSize) -> bool:
    return table.dead_rows > max(DEAD_ROWS, DEAD_SHARE * (table.rows + table.dead_rows))


def _longest_transaction(most: timedelta) -> Finding:
    found = _rows(LONGEST)
    if not found:
        return good("none is open beside this one")
    age, pid, state = found[0]
    figure = f"the longest is open for {duration_words(age)}, {state or 'of another user'}"
    if age <= most:
        return good(figure)
    advice = (
        f"No dead row can be cleaned while it is open: look at process {pid} in pg_stat_activity, and end it "
        f"by SELECT pg_terminate_backend({pid})."
    )
    return warning(figure, advice)


def _unused_space(tables: dict[str, TableSize]) -> Finding:
    unused = sum(each.unused or 0 for each in tables.values())
    figure = f"about {decimal(unused)}"
    advice = "New rows will fill it; VACUUM FULL {} gives it back to the disk, and locks the table meanwhile."
    bad = [name for name, each in tables.items() if _is_hollow(each)]
    return _in_tables(bad, f"{figure}, most of it in", advice) if bad else good(figure)


def _is_hollow(table: TableSize) -> bool:
    return table.unused is not None and table.unused > max(UNUSED_BYTES, UNUSED_SHARE * table.size)


def _in_tables(names: list[str], figure: str, advice: str) -> Finding:
    return warning(f"{figure} {', '.join(names)}", advice.format(names[0]))


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found

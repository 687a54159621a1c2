"""Sizes by the server's statistics, beside tables whose size is known."""

from collections.abc import Iterator

import pytest
from django.db import connection

from jobs.services.table_sizes import TableSize, table_sizes

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 50_000


@pytest.fixture
def _bloated() -> Iterator[None]:
    """Half of its rows are deleted, every other one, so that no page is given back."""
    run("CREATE TABLE bloated (id int PRIMARY KEY, words text)")
    # Autovacuum may come at any time.
    run("ALTER TABLE bloated SET (autovacuum_enabled = off)")
    run(f"INSERT INTO bloated SELECT n, repeat('x', 50) FROM generate_series(1, {ROWS}) n")
    yield
    run("DROP TABLE bloated")


def run(statement: str) -> None:
    """And tell the server now what was counted, which a session does at its end as a rule."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SELECT pg_stat_force_next_flush()")


def measured() -> TableSize:
    return table_sizes()["bloated"]


@pytest.mark.usefixtures("_bloated")
def test_a_table_that_was_never_analysed_has_a_size_and_no_unused_space() -> None:
    found = measured()

    assert (found.rows, found.dead_rows, found.unused) == (ROWS, 0, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('bloated')")
        assert found.size == cursor.fetchone()[0]


@pytest.mark.usefixtures("_bloated")
def test_a_full_table_has_no_unused_space() -> None:
    run("VACUUM ANALYZE bloated")

    found = measured()

    assert found.unused is not None
    assert found.unused < 0.1 * found.size


@pytest.mark.usefixtures("_bloated")
def test_deleted_rows_are_dead_first_and_unused_space_then() -> None:
    run("DELETE FROM bloated WHERE id % 2 = 0")
    run("ANALYZE bloated")
    deleted = measured()
    run("VACUUM ANALYZE bloated")
    cleaned = measured()

    assert (deleted.rows, deleted.dead_rows, cleaned.dead_rows) == (ROWS // 2, ROWS // 2, 0)
    assert cleaned.unused is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('bloated')")
        heap = cursor.fetchone()[0]
    assert 0.4 * heap < cleaned.unused < 0.6 * heap


def test_the_largest_comes_first() -> None:
    sizes = [each.size for each in table_sizes().values()]

    assert sizes == sorted(sizes, reverse=True)

"""What is said of a database, well and unwell."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from jobs.exceptions import FailedWithResult
from jobs.services import database
from jobs.services.database import check_database
from jobs.services.diagnosis import Level
from tests.away import no_database

CHECKS = ["connection", "version", "migrations", "size", "dead rows", "transactions", "unused space"]


@pytest.fixture
def _dead_rows(transactional_db: None) -> Iterator[None]:
    """More of them than there are rows, in a table that autovacuum does not visit."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE littered (id int) WITH (autovacuum_enabled = off)")
        cursor.execute("INSERT INTO littered SELECT generate_series(1, 30000)")
        cursor.execute("DELETE FROM littered WHERE id > 5000")
        cursor.execute("ANALYZE littered")
        cursor.execute("SELECT pg_stat_force_next_flush()")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE littered")


@pytest.mark.django_db
def test_a_database_that_is_well() -> None:
    found = check_database()

    assert list(found.checks) == CHECKS
    assert found.status is not Level.FAIL
    assert found.checks["version"].figure.startswith("PostgreSQL ")
    assert "connections in use" in found.checks["connection"].figure
    assert " tables, the largest " in found.checks["size"].figure


@pytest.mark.django_db
def test_so_many_tables_are_listed_as_one_asks_for() -> None:
    assert len(check_database(largest=3).tables) == 3
    assert check_database(largest=0).tables == {}


def test_without_a_database_it_says_how_to_get_one(django_db_blocker: DjangoDbBlocker) -> None:
    with no_database(django_db_blocker), pytest.raises(FailedWithResult, match="start PostgreSQL") as caught:
        check_database()

    assert list(caught.value.result.checks) == ["connection"]


@pytest.mark.django_db
def test_a_migration_that_is_missing_fails() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    with pytest.raises(FailedWithResult, match=r"migrations: Run `python manage\.py migrate`"):
        check_database()


@pytest.mark.usefixtures("_dead_rows")
def test_many_dead_rows_are_a_warning_that_names_their_table() -> None:
    found = check_database().checks["dead rows"]

    assert found.level is Level.WARN
    assert "most of them in littered" in found.figure
    assert found.advice.startswith("Run VACUUM (ANALYZE) littered")


@pytest.mark.usefixtures("_dead_rows")
def test_much_unused_space_is_a_warning_that_names_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "UNUSED_BYTES", 500_000)

    found = check_database().checks["unused space"]

    assert found.level is Level.WARN
    assert "VACUUM FULL littered" in found.advice


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_left_open_is_a_warning_that_names_its_process() -> None:
    with psycopg.connect(**connection.get_connection_params()) as forgotten:
        forgotten.execute("SELECT 1")
        well = check_database(max_transaction=timedelta(hours=1)).checks["transactions"]
        late = check_database(max_transaction=timedelta(0)).checks["transactions"]
        pid = forgotten.info.backend_pid

    assert (well.level, late.level) == (Level.OK, Level.WARN)
    assert "idle in transaction" in well.figure
    assert f"pg_terminate_backend({pid})" in late.advice

"""The connection that a pool process keeps."""

import pytest
from django.db import connection

from tasks import connections

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _refreshed_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_refreshed", 0.0)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(pid)


def test_a_connection_that_works_is_kept() -> None:
    before = backend()

    connections.refresh()
    connections.refresh()

    assert backend() == before


def test_a_connection_that_has_died_meanwhile_is_replaced() -> None:
    before = backend()
    connection.connection.close()

    connections.refresh()

    assert backend() != before


def test_a_connection_that_has_failed_is_replaced_though_it_was_just_used() -> None:
    before = backend()
    connections.refresh()
    connection.connection.close()
    connection.errors_occurred = True

    connections.refresh()

    assert backend() != before

"""One leader, by a lock of a database session."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, close_old_connections, connection

from tasks.leader import RELEASE, TRY, Leadership

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def leadership() -> Iterator[Leadership]:
    leadership = Leadership()
    yield leadership
    leadership.release()


def test_the_first_who_asks_leads(leadership: Leadership) -> None:
    assert leadership.is_mine()


def test_while_another_leads_nobody_else_does(leadership: Leadership) -> None:
    with another_session() as another:
        another.execute(TRY)

        assert not leadership.is_mine()


def test_when_the_other_has_gone_the_next_leads(leadership: Leadership) -> None:
    with another_session() as another:
        another.execute(TRY)
        assert not leadership.is_mine()

    assert leadership.is_mine()


def test_who_releases_it_lets_another_lead(leadership: Leadership) -> None:
    assert leadership.is_mine()

    leadership.release()

    assert can_be_taken()


def test_who_leads_keeps_it_until_the_release(leadership: Leadership) -> None:
    for _ in range(3):
        assert leadership.is_mine()

    assert not can_be_taken()


def test_a_connection_that_was_killed_takes_the_lock_with_it(leadership: Leadership) -> None:
    assert leadership.is_mine()

    kill_this_connection()

    assert can_be_taken()
    with pytest.raises(OperationalError):
        connection.cursor().execute("SELECT 1")
    close_old_connections()
    assert leadership.is_mine()
    assert not can_be_taken()


@contextmanager
def another_session() -> Iterator[Any]:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
            # PostgreSQL does it at the end of the session, but not before this process goes on.
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()


def can_be_taken() -> bool:
    with another_session() as another:
        another.execute(TRY)
        (is_taken,) = another.fetchone()
        if is_taken:
            another.execute(RELEASE)
    return bool(is_taken)


def kill_this_connection() -> None:
    """As an administrator, or a restart of PostgreSQL, does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with another_session() as another:
        # The second number: until the other has ended, at most so many milliseconds.
        another.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

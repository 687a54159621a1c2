"""The statements of every run, planned by the server once a connection: that takes longer than they do."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor

Row = tuple[Any, ...]


def fetch_one(statement: str, values: Mapping[str, Any]) -> Row | None:
    """The first row. Raises what Django raises."""
    rows = fetch_all(statement, values)
    return rows[0] if rows else None


def fetch_all(statement: str, values: Mapping[str, Any]) -> list[Row]:
    """Raises what Django raises."""
    connection.ensure_connection()
    # Django's own cursor would bind the values here, and the server would see a new statement each time.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return cursor.fetchall()

"""The statements of every run, planned by the server once a connection: that takes longer than they do."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor


def fetch_one(statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row. Raises what Django raises."""
    connection.ensure_connection()
    # Django's own cursor would bind the values here, and the server would see a new statement each time.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row

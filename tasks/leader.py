"""The one beat among many that keeps the schedules: who holds a lock of the database's session."""

from contextlib import suppress
from typing import Any

from django.db import Error, connection

TRY = "SELECT pg_try_advisory_lock(hashtextextended('tasks:beat', 0))"
RELEASE = "SELECT pg_advisory_unlock(hashtextextended('tasks:beat', 0))"


class Leadership:
    """The lock goes with the connection: PostgreSQL frees it when a beat dies or is cut off."""

    def __init__(self) -> None:
        self._session: Any = None

    @property
    def is_held(self) -> bool:
        """Whether it was mine when last asked for."""
        return self._session is not None

    def is_mine(self) -> bool:
        """Take it, where nobody has it. Raises django.db.Error where the database is away."""
        connection.ensure_connection()
        # Another connection is another session, and the lock of the one before is gone.
        if self._session is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute(TRY)
                (is_taken,) = cursor.fetchone() or (False,)
            self._session = connection.connection if is_taken else None
        return self._session is not None

    def release(self) -> None:
        """Let another beat take over at once."""
        if self._session is not None and self._session is connection.connection:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute(RELEASE)
        self._session = None

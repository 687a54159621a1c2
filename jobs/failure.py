"""What an error says, and whether it is the job's own."""

import psycopg
from django.db import InterfaceError, OperationalError, connection

from jobs.log import storable

INTERVENTION = ("57P", "08")  # SQLSTATE of a shutdown, a crash, a cut: appendix A of PostgreSQL's manual


def error_sentence(error: BaseException) -> str:
    """What the error says; its type alone where it says nothing."""
    return storable(str(error)) or type(error).__name__


def qualified_name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def has_no_database(error: BaseException) -> bool:
    """Whether the connection went away under the job, by what the server said at last or by its silence."""
    if not isinstance(error, InterfaceError | OperationalError):
        return False
    if isinstance(error.__cause__, psycopg.OperationalError):
        # Without a code it is the client that speaks, since the server does not any more.
        code = error.__cause__.sqlstate
        return code is None or code.startswith(INTERVENTION)
    # Django forgets a connection that could not even be rolled back.
    return connection.connection is None or bool(connection.connection.closed)

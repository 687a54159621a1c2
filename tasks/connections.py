"""The database connection of a pool process, kept from task to task."""

import time

from django.db import close_old_connections, connection

TRUSTED_FOR = 5.0  # seconds after a task: to ask the server whether it is there would cost as much as a claim

_refreshed = 0.0


def refresh(**kwargs: object) -> None:
    """Before and after each task: a connection that is old, or has failed, is replaced by a new one.

    One that dies in the few seconds for which it is trusted is found by the claim, which is then made again.
    """
    global _refreshed
    now = time.monotonic()
    if now - _refreshed > TRUSTED_FOR or connection.errors_occurred:
        close_old_connections()
    _refreshed = now

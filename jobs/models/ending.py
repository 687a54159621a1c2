"""How an attempt ended, as it is written."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jobs.models.state import State


@dataclass(frozen=True, kw_only=True)
class Ending:
    """`wait` is set where it goes back to the queue, and `outcome` says why.

    `awaits` says what else it waits for in there (`Awaits`). `failed` and `crashed` count the job's own
    errors apart from what happened to it.
    """

    state: State
    outcome: str = ""
    failed: bool = False
    crashed: bool = False
    result: Any = None
    error: str = ""
    error_type: str = ""
    traceback: str = ""
    log: str = ""
    done: int = 0
    total: int | None = None
    message: str = ""
    wait: timedelta | None = None
    awaits: str = ""

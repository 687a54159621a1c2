"""How an attempt ended, as it is written."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jobs.models.state import State


@dataclass(frozen=True, kw_only=True)
class Ending:
    """`wait` is set where it is to be tried again."""

    state: State
    result: Any = None
    error: str = ""
    error_type: str = ""
    traceback: str = ""
    log: str = ""
    done: int = 0
    total: int | None = None
    message: str = ""
    wait: timedelta | None = None

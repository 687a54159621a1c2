"""Wait for a condition, never for a time."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from jobs.models.run import Run

T = TypeVar("T")

LOOK_EVERY = 0.02  # seconds


def wait_until(condition: Callable[[], T], *, within: float = 15.0, about: str = "") -> T:
    """The first true value of the condition. Raises AssertionError once the seconds are over."""
    until = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < until, f"not within {within:g} s: {about or condition}"
        time.sleep(LOOK_EVERY)
    return value


def ended(pk: Any, *, within: float = 15.0) -> Run:
    """The run, once it is over."""
    return _once(pk, lambda run: run.is_final, within=within)


def running(pk: Any, *, within: float = 15.0) -> Run:
    """The run, once its job has said something: it is past its first checkpoint."""
    return _once(pk, lambda run: run.state == Run.State.RUNNING and bool(run.message), within=within)


def waiting_for_retry(pk: Any, *, within: float = 15.0) -> Run:
    return _once(pk, lambda run: run.waits_for_retry, within=within)


def _once(pk: Any, reached: Callable[[Run], bool], *, within: float) -> Run:
    def look() -> bool:
        run.refresh_from_db()
        return reached(run)

    run = Run.objects.get(pk=pk)
    until = time.monotonic() + within
    while not look():
        logs = "\n".join(run.attempts.values_list("log", flat=True))
        assert time.monotonic() < until, f"{run} stayed {run.state}: {run.error or run.message}\n{logs}"
        time.sleep(LOOK_EVERY)
    return run

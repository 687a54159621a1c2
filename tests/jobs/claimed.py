"""Runs in the state that a test begins with, and others who work on them at the same time."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connection, connections
from django.db.models.functions import Now

from jobs.exceptions import LeaseLost
from jobs.models import Run
from jobs.models.ending import Ending
from jobs.models.state import State

WORKER = "w"
# In place of END_SESSIONS, which would come before the fence that is to be shown.
END_NO_SESSIONS = "SELECT FROM jobs_run WHERE {which}"
JOBS = ["greet"]


def queued(**facts: Any) -> Run:
    return Run.objects.create(**{"job": "greet", **facts})


def claim(run: Run, **options: Any) -> Run | None:
    return Run.objects.claim(run.pk, **{"worker": WORKER, "jobs": JOBS, **options})


def running(**facts: Any) -> Run:
    """A claimed run; `attended` is one that a terminal claimed."""
    attended = facts.pop("attended", False)
    run = claim(queued(**facts), attended=attended)
    assert run is not None
    return run


def in_state(state: State, **facts: Any) -> Run:
    """By the verbs, as far as they lead there."""
    if state == State.QUEUED:
        return queued(**facts)
    if state == State.PAUSED:
        run = queued(**facts)
        Run.objects.filter(pk=run.pk).pause()
    else:
        run = running(**facts)
        if state != State.RUNNING:
            run.finish(Ending(state=state))
    return fresh(run)


def fresh(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def these(*runs: Run) -> Any:
    return Run.objects.filter(pk__in=[run.pk for run in runs])


def expire(*runs: Run) -> None:
    """Their leases are over."""
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(lease_until=Now())


def reaped(run: Run) -> Run:
    expire(run)
    assert Run.objects.reap() == 1
    return fresh(run)


def make_due(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(not_before=Now())


def save_place(run: Run, cursor: Any = 5, **facts: Any) -> Any:
    """Write a checkpoint."""
    values = {"counters": {}, "done": 0, "total": None, "message": "", **facts}
    return run.checkpoint(cursor=cursor, **values)


def succeed_by_parent(run: Run, ending: Ending) -> None:
    """As the parent of a worker's process writes what that process handed over."""
    if Run.objects.succeed([run.success(ending)]) != {run.pk: True}:
        raise LeaseLost(str(run.pk), run.attempt)


def at_once(call: Callable[[], Any], *, times: int) -> list[Any]:
    """What that many threads get, or the errors that they get."""
    results: list[Any] = []
    together = threading.Barrier(times)

    def work() -> None:
        together.wait()
        try:
            results.append(call())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@contextmanager
def frozen_attempt(run: Run, *, batch: AbstractContextManager[None]) -> Iterator[Future[None]]:
    """An attempt that stands still for the time of the block, with something written in that batch."""
    is_frozen, is_thawed = threading.Event(), threading.Event()

    def attempt() -> None:
        claimed = claim(run)
        try:
            with batch:
                Run.objects.filter(pk=run.pk).update(message="In the middle of a batch")
                is_frozen.set()
                is_thawed.wait(10)
                save_place(claimed)
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as pool:
        outcome = pool.submit(attempt)
        is_frozen.wait(10)
        yield outcome
        is_thawed.set()


@contextmanager
def another_session() -> Iterator[Any]:
    """A cursor of a connection of its own, in a transaction; it is rolled back."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            yield cursor
        other.rollback()
    finally:
        other.close()


@contextmanager
def locked(*runs: Run) -> Iterator[None]:
    """Somebody else holds their rows, as a checkpoint does until its commit."""
    with another_session() as other:
        other.execute("SELECT FROM jobs_run WHERE id = ANY(%s) FOR NO KEY UPDATE", [[run.pk for run in runs]])
        yield

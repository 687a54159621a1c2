"""Included by a worker under test: it kills itself at a named point, or lacks one of our safeguards.

A run names the point at which its first attempt dies, in its parameter `crash_at`. What the parent of a
worker does is chosen by FAULT_POINT, a safeguard to be taken away by FAULT_CONTROL, and how often a
statement is carried out and then reported as failed by FAULT_RATE.
"""

import os
import random
import signal
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from jobs.models import run as run_module
from jobs.models import run_queryset
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.statements import OWN, RENEW
from jobs.recording import RecordedProgress
from tasks import dispatch, ends, lease, processes
from tests.jobs.claimed import END_NO_SESSIONS

IN_A_CHILD = (
    "after_claim",
    "mid_batch",
    "before_checkpoint",
    "after_checkpoint_before_commit",
    "after_commit",
    "before_finish",
    "after_finish",
)
IN_A_DISPATCHER = ("after_it_has_taken_what_is_due", "after_it_has_reaped")
IN_A_PARENT = ("before_it_writes_what_was_handed_over", "after_it_has_written_what_was_handed_over")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wrap(owner: Any, name: str, before: str = "", after: str = "") -> None:
    plain: Callable[..., Any] = getattr(owner, name)

    def wrapped(self: Any, *args: Any, **options: Any) -> Any:
        run = self if isinstance(self, Run) else getattr(self, "run", None)
        _die_where_planned(run, before)
        result = plain(self, *args, **options)
        _die_where_planned(result if isinstance(self, QuerySet) else run, after)
        return result

    setattr(owner, name, wrapped)


def _die_where_planned(run: Run | None, point: str) -> None:
    if run is not None and point and run.attempt == 1 and run.parameters.get("crash_at") == point:
        die()


_wrap(RunQuerySet, "claim", after="after_claim")
_wrap(Run, "checkpoint", before="before_checkpoint", after="after_checkpoint_before_commit")
_wrap(RecordedProgress, "_after_batch", before="after_commit")
_wrap(ends, "hand_over", before="before_finish", after="after_finish")


def _die_after_due() -> None:
    plain = dispatch._top_up

    def top_up(queue: str, most: int) -> int:
        dispatch.publish = lambda run: die()
        return plain(queue, most)

    dispatch._top_up = top_up


def _die_after_reap() -> None:
    plain = RunQuerySet.reap

    def reap(self: RunQuerySet) -> int:
        if reaped := plain(self):
            die()
        return reaped

    RunQuerySet.reap = reap


def _die_before_ends() -> None:
    RunQuerySet.succeed = lambda self, successes: die()


def _die_after_ends() -> None:
    plain = RunQuerySet.succeed
    RunQuerySet.succeed = lambda self, successes: plain(self, successes) and die()


def _without_fence() -> None:
    for statement in ("CHECKPOINT", "REPORT"):
        whole = getattr(run_module, statement)
        setattr(run_module, statement, whole.replace(OWN, "id = %(id)s"))
    # Either would end the zombie before its write.
    lease.Leases.guard = lambda self: None
    run_queryset.END_SESSIONS = END_NO_SESSIONS


def _with_heartbeat_by_owner() -> None:
    processes.is_alive = lambda pid: True
    plain = RunQuerySet.renew
    run_queryset.RENEW = RENEW.replace("id = ANY(%(ids)s) AND", "")
    lease.Leases.keep = lambda self: plain(Run.objects.all(), ["none"], worker=self._hostname)
    RunQuerySet.lose = lambda self, ids, *, worker: 0


def _with_checkpoint_of_its_own() -> None:
    plain = Run.checkpoint

    def checkpoint(self: Run, **facts: Any) -> Any:
        # The effects are committed first, as a job does that reports its progress afterwards.
        connection.connection.execute("COMMIT; BEGIN")
        return plain(self, **facts)

    Run.checkpoint = checkpoint


def _with_waiting_reaper() -> None:
    run_queryset.REAP = run_queryset.REAP.replace("SKIP LOCKED", "")


def _without_dispatcher() -> None:
    dispatch.Dispatcher.work = lambda self: False


CONTROLS = {
    "no_fence": _without_fence,
    "heartbeat_for_whatever_a_worker_once_began": _with_heartbeat_by_owner,
    "checkpoint_in_a_transaction_of_its_own": _with_checkpoint_of_its_own,
    "reaper_that_waits_for_locked_rows": _with_waiting_reaper,
    "no_dispatcher": _without_dispatcher,
}
POINTS = dict(
    zip(
        IN_A_DISPATCHER + IN_A_PARENT,
        (_die_after_due, _die_after_reap, _die_before_ends, _die_after_ends),
        strict=True,
    )
)


def _fail_now_and_then(rate: float) -> None:
    """Carry it out, then say that it failed: nobody knows whether a COMMIT without an answer arrived."""
    chance = random.Random()
    execute, commit, publish = CursorWrapper._execute, BaseDatabaseWrapper._commit, dispatch.publish

    def cut() -> None:
        if chance.random() < rate and connection.connection is not None:
            connection.connection.close()
            raise OperationalError("the connection was cut (by the test)")

    def execute_and_fail(self: Any, *args: Any) -> Any:
        result = execute(self, *args)
        cut()
        return result

    def commit_and_fail(self: Any) -> Any:
        result = commit(self)
        cut()
        return result

    def publish_and_fail(run: Run) -> None:
        publish(run)
        if chance.random() < rate:
            raise OSError("the answer of the broker was lost (by the test)")

    CursorWrapper._execute = execute_and_fail
    BaseDatabaseWrapper._commit = commit_and_fail
    dispatch.publish = publish_and_fail


CONTROLS.get(os.environ.get("FAULT_CONTROL", ""), lambda: None)()
POINTS.get(os.environ.get("FAULT_POINT", ""), lambda: None)()
if rate := float(os.environ.get("FAULT_RATE", "0")):
    _fail_now_and_then(rate)

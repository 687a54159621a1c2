"""What dead attempts leave behind: their runs are taken back, and their sessions ended."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import OperationalError, transaction
from django.utils import timezone

from jobs.exceptions import LeaseLost
from jobs.models import Run
from jobs.models.ending import Ending
from jobs.models.run_queryset import POISON, WORKER_DIED
from jobs.models.state import State, Wish
from tests.jobs.claimed import (
    WORKER,
    at_once,
    claim,
    expire,
    fresh,
    frozen_attempt,
    in_state,
    locked,
    make_due,
    queued,
    reaped,
    running,
    save_place,
    these,
)

pytestmark = pytest.mark.django_db
at_the_same_time = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("wish", "attended", "after", "error"),
    [
        (Wish.NONE, False, State.QUEUED, WORKER_DIED),
        (Wish.PAUSE, False, State.PAUSED, WORKER_DIED),
        (Wish.CANCEL, False, State.CANCELLED, "Cancelled: its worker died before it stopped"),
        (Wish.KILL, False, State.CANCELLED, "Cancelled: its worker died before it stopped"),
        (Wish.NONE, True, State.PAUSED, WORKER_DIED),
        (Wish.CANCEL, True, State.CANCELLED, "Cancelled: its worker died before it stopped"),
    ],
)
def test_what_a_dead_attempt_leaves_behind(wish: Wish, attended: bool, after: State, error: str) -> None:
    run = running(wish=wish, attended=attended)
    save_place(run, {"rows": {"at": 4, "done": 4}})

    now = reaped(run)

    assert (now.state, now.error, now.crashes, now.failures) == (after, error, 1, 0)
    assert (now.token, now.lease_until, now.cursor) == (None, None, {"rows": {"at": 4, "done": 4}})
    assert (now.finished_at is not None, now.wish) == (after == State.CANCELLED, wish if now.is_final else "")
    attempt = now.attempts.get()
    assert (attempt.outcome, attempt.error_message, attempt.finished_at is not None) == (
        "crashed",
        WORKER_DIED,
        True,
    )


def test_a_lease_that_is_not_over_is_not_touched() -> None:
    run = running()

    assert Run.objects.reap() == 0
    assert fresh(run).token == run.token


@pytest.mark.parametrize("state", sorted(set(State) - {State.RUNNING}))
def test_only_what_runs_is_reaped(state: State) -> None:
    expire(in_state(state))

    assert Run.objects.reap() == 0


def test_the_wait_grows_from_crash_to_crash() -> None:
    first, second = running(), running(crashes=1)

    reaped(first)
    reaped(second)

    assert fresh(first).not_before <= timezone.now() + timedelta(seconds=1)
    wait = fresh(second).not_before - timezone.now()
    assert timedelta(seconds=3) < wait <= timedelta(seconds=5)
    assert fresh(second).publish_after >= fresh(second).not_before - timedelta(seconds=1)


def test_the_third_crash_without_a_checkpoint_is_poison() -> None:
    run = queued()
    for _ in range(3):
        make_due(run)
        assert claim(run) is not None
        now = reaped(run)

    assert (now.state, now.error, now.crashes, now.attempt) == (State.FAILED, POISON, 3, 3)
    assert now.finished_at is not None
    assert [each.outcome for each in now.attempts.all()] == ["crashed"] * 3


def test_a_checkpoint_between_two_crashes_begins_the_count_anew() -> None:
    run = running(crashes=2)
    save_place(run)

    assert (reaped(run).state, fresh(run).crashes) == (State.QUEUED, 1)


def test_a_persons_run_is_never_poison() -> None:
    assert reaped(running(crashes=2, attended=True)).state == State.PAUSED


def test_a_cancelled_run_is_cancelled_at_its_third_crash_too() -> None:
    assert reaped(running(crashes=2, wish=Wish.CANCEL)).state == State.CANCELLED


@at_the_same_time
def test_a_row_that_is_being_committed_is_not_reaped_and_keeps_nobody_waiting() -> None:
    committing, dead = running(), running()
    expire(committing, dead)

    with locked(committing):
        count = Run.objects.reap()

    assert (count, fresh(committing).state, fresh(dead).state) == (1, State.RUNNING, State.QUEUED)


@at_the_same_time
def test_of_two_reapers_each_run_is_reaped_once() -> None:
    runs = [running() for _ in range(20)]
    expire(*runs)

    counts = at_once(Run.objects.reap, times=2)

    assert sum(counts) == 20
    assert set(Run.objects.values_list("crashes", flat=True)) == {1}


def test_a_worker_takes_back_its_own_dead_runs_without_waiting_for_their_leases() -> None:
    mine, anothers, alive = running(), running(), running()
    Run.objects.filter(pk=anothers.pk).update(worker="another")

    count = Run.objects.lose([str(mine.pk), str(anothers.pk)], worker=WORKER)

    assert count == 1
    assert [fresh(run).state for run in (mine, anothers, alive)] == ["queued", "running", "running"]
    assert (fresh(mine).crashes, fresh(mine).error) == (1, WORKER_DIED)


def test_a_run_that_its_worker_killed_says_so() -> None:
    run = running()
    these(run).kill()

    Run.objects.lose([str(run.pk)], worker=WORKER)

    now = fresh(run)
    assert (now.state, now.error) == (State.CANCELLED, "Killed: it had not stopped by itself")


def test_a_run_that_has_ended_cannot_be_lost() -> None:
    run = running()
    run.finish(Ending(state=State.SUCCEEDED))

    assert Run.objects.lose([str(run.pk)], worker=WORKER) == 0
    assert fresh(run).state == State.SUCCEEDED


@at_the_same_time
@pytest.mark.parametrize("taken_back", ["reap", "lose"])
def test_the_locks_of_a_dead_attempt_go_with_its_session(settings: LazySettings, taken_back: str) -> None:
    settings.LEASE = timedelta(0)
    run = queued()

    with frozen_attempt(run, batch=transaction.atomic()) as attempt:
        count = Run.objects.reap() if taken_back == "reap" else Run.objects.lose([str(run.pk)], worker=WORKER)

    assert (count, fresh(run).state, fresh(run).message) == (1, State.QUEUED, "")
    assert isinstance(attempt.exception(), OperationalError)


@at_the_same_time
def test_a_session_that_does_nothing_is_left_to_the_fence(settings: LazySettings) -> None:
    settings.LEASE = timedelta(0)
    run = queued()

    with frozen_attempt(run, batch=nullcontext()) as attempt:
        Run.objects.reap()

    assert isinstance(attempt.exception(), LeaseLost)

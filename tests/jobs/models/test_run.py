"""What an attempt writes to its run: each one guarded statement."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from jobs.exceptions import LeaseLost
from jobs.models import Run
from jobs.models.ending import Ending
from jobs.models.state import State, Wish
from tests.jobs.claimed import (
    claim,
    expire,
    fresh,
    locked,
    make_due,
    queued,
    running,
    save_place,
    succeed_by_parent,
)

WRITES: dict[str, Callable[[Run], object]] = {
    "report": lambda run: run.report(done=5, total=9, message="x", log="x"),
    "checkpoint": lambda run: save_place(run, {"at": 5}, done=5),
    "succeed": lambda run: run.finish(Ending(state=State.SUCCEEDED, result=1)),
    "succeed, by the parent": lambda run: succeed_by_parent(run, Ending(state=State.SUCCEEDED, result=1)),
    "fail": lambda run: run.finish(Ending(state=State.FAILED, failed=True, error="x")),
    "hand back": lambda run: run.finish(Ending(state=State.QUEUED, wait=timedelta(0))),
}
each_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


def taken_over() -> tuple[Run, Run]:
    """An attempt that was taken for dead, and the one after it."""
    stale = running()
    expire(stale)
    Run.objects.reap()
    current = claim(stale)
    assert current is not None
    return stale, current


@each_write
@pytest.mark.django_db
def test_an_attempt_that_was_taken_over_can_write_nothing(write: Callable[[Run], object]) -> None:
    stale, current = taken_over()

    with pytest.raises(LeaseLost, match="Attempt 1 of run"):
        write(stale)

    now = fresh(current)
    assert (now.state, now.attempt, now.token, now.done, now.cursor) == ("running", 2, current.token, 0, None)
    assert [(each.outcome, each.log) for each in now.attempts.all()] == [("crashed", ""), ("", "")]


@each_write
@pytest.mark.django_db
def test_a_claim_that_the_server_forgot_can_write_nothing(write: Callable[[Run], object]) -> None:
    # The same attempt, given out twice since the first claim was lost with the server's last commits.
    forgotten = running()
    Run.objects.filter(pk=forgotten.pk).update(token=uuid.uuid4())

    with pytest.raises(LeaseLost):
        write(forgotten)

    now = fresh(forgotten)
    assert (now.state, now.done, now.cursor, now.attempts.count()) == ("running", 0, None, 0)


@each_write
@pytest.mark.django_db
def test_an_attempt_that_was_reaped_can_write_nothing(write: Callable[[Run], object]) -> None:
    reaped = running()
    expire(reaped)
    Run.objects.reap()

    with pytest.raises(LeaseLost):
        write(reaped)

    now = fresh(reaped)
    assert (now.state, now.done, now.cursor, now.attempts.get().outcome) == ("queued", 0, None, "crashed")


@each_write
@pytest.mark.django_db
def test_a_finished_run_can_be_written_by_nobody(write: Callable[[Run], object]) -> None:
    run = running()
    run.finish(Ending(state=State.SUCCEEDED))

    with pytest.raises(LeaseLost):
        write(run)

    assert (fresh(run).state, fresh(run).done, fresh(run).result) == ("succeeded", 0, None)


@pytest.mark.django_db
def test_a_lease_that_is_over_but_was_given_to_nobody_is_good_again_with_a_checkpoint() -> None:
    run = running()
    expire(run)

    save_place(run)

    assert Run.objects.reap() == 0
    assert fresh(run).lease_until > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_the_lease_begins_at_the_checkpoint_and_not_with_its_transaction() -> None:
    run = running()

    with transaction.atomic():
        begun = Run.objects.raw("SELECT id, now() AS now, pg_sleep(0.2) FROM jobs_run")[0].now
        save_place(run)

    assert fresh(run).lease_until - begun > timedelta(minutes=1, milliseconds=150)


@pytest.mark.django_db
def test_a_checkpoint_keeps_the_place_for_the_next_attempt() -> None:
    run = running()

    save_place(run, {"rows": {"at": "17", "done": 4}}, counters={"new": 3}, done=4, total=9, message="on")
    run.finish(Ending(state=State.QUEUED, wait=timedelta(0), done=4, total=9, message="on"))

    again = claim(run)
    assert again is not None
    assert (again.cursor, again.counters) == ({"rows": {"at": "17", "done": 4}}, {"new": 3})
    assert (again.done, again.total, again.message, again.attempt) == (4, 9, "on", 2)
    assert again.attempts.get(number=2).cursor == again.cursor


@pytest.mark.django_db
def test_a_run_that_gets_on_is_no_poison() -> None:
    run = running(crashes=2, failures=2)

    save_place(run)

    assert (fresh(run).crashes, fresh(run).failures) == (0, 2)


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_is_gone_with_the_transaction_of_its_batch() -> None:
    run = running()

    with transaction.atomic():
        save_place(run)
        transaction.set_rollback(True)

    assert fresh(run).cursor is None


@pytest.mark.django_db
@pytest.mark.parametrize("wish", list(Wish))
def test_who_writes_hears_what_is_wished(wish: Wish) -> None:
    run = running(wish=wish)

    assert run.report(done=1, total=None, message="", log=None) == wish
    assert save_place(run) == wish


@pytest.mark.django_db
def test_a_report_without_news_in_the_log_keeps_the_log() -> None:
    run = running()
    run.report(done=1, total=None, message="", log="line\n")

    run.report(done=2, total=None, message="", log=None)

    assert (run.attempts.get().log, fresh(run).done) == ("line\n", 2)


@pytest.mark.django_db
def test_the_end_of_an_attempt_is_kept_with_it() -> None:
    run = running()

    run.finish(
        Ending(
            state=State.FAILED, failed=True, error="gone", error_type="OSError", traceback="…", log="line\n"
        )
    )

    attempt = run.attempts.get()
    assert (run.state, run.error, attempt.outcome, attempt.error_type) == (
        "failed",
        "gone",
        "failed",
        "OSError",
    )
    assert (attempt.log, attempt.traceback, run.finished_at is not None) == ("line\n", "…", True)
    assert (run.failures, run.crashes) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state", [State.SUCCEEDED, State.FAILED, State.CANCELLED, State.PAUSED, State.QUEUED]
)
def test_who_ends_gives_the_lease_back(state: State) -> None:
    run = running()

    run.finish(Ending(state=state, wait=timedelta(0) if state == State.QUEUED else None))

    now = fresh(run)
    assert (now.state, now.token, now.lease_until) == (state, None, None)
    assert (now.finished_at is not None) is now.is_final


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "wish", "after"),
    [
        (State.QUEUED, Wish.PAUSE, (State.PAUSED, "")),
        (State.QUEUED, Wish.CANCEL, (State.CANCELLED, "cancel")),
        (State.QUEUED, Wish.KILL, (State.CANCELLED, "kill")),
        (State.PAUSED, Wish.PAUSE, (State.PAUSED, "")),
        (State.PAUSED, Wish.CANCEL, (State.CANCELLED, "cancel")),
        (State.PAUSED, Wish.KILL, (State.CANCELLED, "kill")),
        (State.SUCCEEDED, Wish.CANCEL, (State.SUCCEEDED, "cancel")),
        (State.SUCCEEDED, Wish.PAUSE, (State.SUCCEEDED, "pause")),
        (State.FAILED, Wish.CANCEL, (State.FAILED, "cancel")),
    ],
)
def test_what_was_wished_meanwhile_holds_where_the_attempt_would_go_on(
    state: State, wish: Wish, after: tuple[State, str]
) -> None:
    run = running()
    Run.objects.filter(pk=run.pk).update(wish=wish)

    run.finish(Ending(state=state, outcome="yielded", wait=timedelta(0)))

    assert (fresh(run).state, fresh(run).wish) == after
    assert (run.state, run.wish) == after
    assert (run.finished_at is not None) is (after[0] in (State.CANCELLED, State.SUCCEEDED, State.FAILED))


@pytest.mark.django_db
def test_a_run_that_waits_for_its_retry_is_due_and_published_after_the_wait() -> None:
    run = running()

    run.finish(Ending(state=State.QUEUED, outcome="retried", failed=True, wait=timedelta(hours=1)))

    now = fresh(run)
    assert timedelta(minutes=59) < now.not_before - timezone.now() <= timedelta(hours=1)
    assert now.publish_after >= now.not_before - timedelta(seconds=1)
    assert (now.waits_for_retry, claim(now)) == (True, None)


@pytest.mark.django_db
def test_a_run_that_was_resumed_while_it_stopped_goes_on() -> None:
    # It has read the wish at its checkpoint, and is on its way to write that it is paused.
    run = running()
    Run.objects.filter(pk=run.pk).pause()
    assert save_place(run) == Wish.PAUSE
    Run.objects.filter(pk=run.pk).resume()

    run.finish(Ending(state=State.PAUSED, outcome="yielded"))

    assert fresh(run).state == State.QUEUED


@pytest.mark.django_db
def test_each_attempt_has_its_own_record() -> None:
    run = running()
    run.finish(Ending(state=State.QUEUED, outcome="retried", failed=True, wait=timedelta(0), log="one\n"))
    make_due(run)
    again = claim(run, worker="another")
    assert again is not None

    again.finish(Ending(state=State.SUCCEEDED, log="two\n"))

    first, second = again.attempts.all()
    assert (first.number, first.worker, first.outcome, first.log) == (1, "w", "retried", "one\n")
    assert (second.number, second.worker, second.outcome, second.log) == (2, "another", "succeeded", "two\n")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("done", "total", "percent"), [(0, None, None), (5, 0, None), (5, 10, 50), (11, 10, 100)]
)
def test_a_share_is_known_where_the_total_is(done: int, total: int | None, percent: int | None) -> None:
    assert Run(done=done, total=total).percent == percent


@pytest.mark.django_db
def test_a_run_that_was_yielded_waits_for_no_retry() -> None:
    assert not queued(attempt=1).waits_for_retry
    assert queued(attempt=1, failures=1).waits_for_retry


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ending",
    [
        Ending(state=State.SUCCEEDED),
        Ending(
            state=State.SUCCEEDED,
            result={"zebra": ["\u00e9 \u2713", None, 1.5], "apple": "\x00 '\\"},
            log='a "line"\n',
            done=7,
            total=9,
            message="\u2713",
        ),
    ],
    ids=["bare", "with all there is to say"],
)
@pytest.mark.parametrize("attempts", [1, 2])
def test_a_success_is_the_same_whoever_writes_it(ending: Ending, attempts: int) -> None:
    by_itself, by_parent = (attempt_number(attempts) for _ in range(2))

    by_itself.finish(ending)
    succeed_by_parent(by_parent, ending)

    assert facts(by_parent) == facts(by_itself)


@pytest.mark.django_db
def test_many_successes_are_written_at_once_and_what_is_over_is_left_out() -> None:
    stale, current = taken_over()
    runs = [running() for _ in range(5)]
    endings = [Ending(state=State.SUCCEEDED, result=number) for number in range(5)]
    successes = [run.success(ending) for run, ending in zip(runs, endings, strict=True)]

    written = Run.objects.succeed([*successes, stale.success(endings[0])])

    assert written == {run.pk: True for run in runs}
    assert [fresh(run).result for run in runs] == [0, 1, 2, 3, 4]
    assert fresh(current).state == State.RUNNING


@pytest.mark.django_db(transaction=True)
def test_a_success_whose_row_is_locked_keeps_no_other_waiting() -> None:
    waiting, free = running(), running()
    successes = [run.success(Ending(state=State.SUCCEEDED)) for run in (waiting, free)]

    with locked(waiting):
        assert Run.objects.succeed(successes) == {waiting.pk: False, free.pk: True}

    assert Run.objects.succeed(successes) == {waiting.pk: True}
    assert [fresh(run).state for run in (waiting, free)] == ["succeeded", "succeeded"]


def attempt_number(number: int) -> Run:
    run = running()
    for _ in range(1, number):
        run.finish(Ending(state=State.QUEUED, outcome="yielded", wait=timedelta(0)))
        again = claim(run)
        assert again is not None
        run = again
    return run


def facts(run: Run) -> list[object]:
    """All that is stored, except keys and times."""
    now = fresh(run)
    assert now.finished_at is not None
    unlike = {
        "id",
        "run_id",
        "created_at",
        "not_before",
        "publish_after",
        "started_at",
        "finished_at",
        "_state",
    }
    records = [now, *now.attempts.all()]
    return [{name: value for name, value in vars(each).items() if name not in unlike} for each in records]

"""The verbs of runs from outside an attempt: each one guarded statement."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from jobs.models import Run
from jobs.models.ending import Ending
from jobs.models.queue import Queue
from jobs.models.run_queryset import lock_out_others
from jobs.models.state import FINAL, State, Wish
from tests.jobs.claimed import (
    WORKER,
    at_once,
    claim,
    expire,
    fresh,
    in_state,
    locked,
    queued,
    reaped,
    running,
    save_place,
    these,
)
from tests.nodes.waiting import wait_until

pytestmark = pytest.mark.django_db
at_the_same_time = pytest.mark.django_db(transaction=True)


# Claims


def test_a_claim_begins_an_attempt() -> None:
    before = timezone.now()

    run = running()

    assert (run.state, run.attempt, run.worker, run.attended) == (State.RUNNING, 1, WORKER, False)
    assert fresh(run).token == run.token
    assert timedelta(seconds=59) < fresh(run).lease_until - before < timedelta(seconds=65)


def test_a_claim_knows_what_the_job_needs() -> None:
    row = queued(parameters={"name": "Ada"}, cursor={"rows": {"at": 3, "done": 2}}, counters={"new": 2})

    run = claim(row)

    assert run is not None
    assert (run.job, run.parameters, run.cursor) == ("greet", {"name": "Ada"}, row.cursor)
    assert (run.counters, run.get_deferred_fields() & {"attempt", "token", "wish"}) == ({"new": 2}, set())


def test_each_claim_has_a_token_of_its_own() -> None:
    first = running()
    reaped(first)

    second = claim(first)

    assert second is not None
    assert (second.attempt, second.token != first.token) == (2, True)
    assert [each.number for each in second.attempts.all()] == [1, 2]


def test_a_claim_forgets_the_error_of_the_attempt_before() -> None:
    run = claim(queued(error="the disk was full", failures=1))

    assert run is not None
    assert (run.error, fresh(run).error, run.failures) == ("", "", 1)


def test_a_run_was_started_when_its_first_attempt_was() -> None:
    first = running()
    reaped(first)

    assert claim(first) is not None
    assert fresh(first).started_at == first.started_at


@pytest.mark.parametrize("state", sorted(set(State) - {State.QUEUED}))
def test_only_a_queued_run_can_start(state: State) -> None:
    run = in_state(state)

    assert claim(run) is None
    assert (fresh(run).state, fresh(run).token) == (state, run.token)


def test_a_run_that_is_not_due_cannot_start() -> None:
    assert claim(queued(not_before=timezone.now() + timedelta(minutes=1))) is None


def test_a_job_that_the_worker_does_not_know_cannot_start() -> None:
    assert claim(queued(), jobs=["import_products"]) is None


def test_an_unknown_run_cannot_start() -> None:
    assert Run.objects.claim(uuid.uuid4(), worker=WORKER, jobs=["greet"]) is None


@at_the_same_time
def test_of_many_who_claim_a_run_one_gets_it() -> None:
    run = queued()

    claims = at_once(lambda: claim(run), times=6)

    assert sorted(type(each).__name__ for each in claims) == ["NoneType"] * 5 + ["Run"]
    assert fresh(run).attempt == 1


def test_a_paused_queue_hands_out_nothing_until_it_is_resumed() -> None:
    run = queued(queue="bulk")
    Queue.objects.pause("bulk")
    refused = claim(run)

    Queue.objects.resume("bulk")

    assert (refused, claim(run) is not None) == (None, True)


def test_a_paused_queue_stops_no_other_queue_and_no_person() -> None:
    Queue.objects.pause("bulk")

    assert claim(queued(queue="default")) is not None
    assert claim(queued(queue="bulk"), attended=True) is not None


def test_what_runs_goes_on_when_its_queue_is_paused() -> None:
    run = running(queue="bulk")

    Queue.objects.pause("bulk")

    run.finish(Ending(state=State.SUCCEEDED))
    assert fresh(run).state == State.SUCCEEDED


# Lanes


@at_the_same_time
@pytest.mark.parametrize("at_most", [1, 2])
def test_of_a_lane_no_more_than_so_many_run_at_once(at_most: int) -> None:
    waiting = iter([queued(lane="greet") for _ in range(5)])

    claims = at_once(lambda: claim(next(waiting), at_most=at_most), times=5)

    assert sum(isinstance(each, Run) for each in claims) == at_most
    assert Run.objects.filter(state=State.RUNNING).count() == at_most


def test_lanes_do_not_wait_for_each_other() -> None:
    first = claim(queued(lane='greet ["a"]'), at_most=1)
    second = claim(queued(lane='greet ["b"]'), at_most=1)

    assert (first is not None, second is not None) == (True, True)


@pytest.mark.parametrize("state", [State.QUEUED, State.PAUSED, *sorted(FINAL)])
def test_who_does_not_run_takes_no_place_in_the_lane(state: State) -> None:
    in_state(state, lane="greet")

    assert claim(queued(lane="greet"), at_most=1) is not None


def test_the_place_of_a_dead_attempt_is_free_when_it_was_reaped() -> None:
    dead, next_ = running(lane="greet"), queued(lane="greet")
    before = claim(next_, at_most=1)

    reaped(dead)

    assert (before, claim(next_, at_most=1) is not None) == (None, True)


@at_the_same_time
def test_a_claim_of_a_lane_waits_for_its_turn() -> None:
    claimed: list[Any] = []
    run = queued(lane="greet")
    other = threading.Thread(target=lambda: claimed.extend(at_once(lambda: claim(run, at_most=1), times=1)))

    with transaction.atomic():
        lock_out_others("greet")
        other.start()
        wait_until(somebody_waits, about="the claim waits")
        before = list(claimed)
    other.join()

    assert (before, [type(each) for each in claimed]) == ([], [Run])


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        (count,) = cursor.fetchone()
    return bool(count)


# Wishes


@pytest.mark.parametrize(
    ("verb", "state", "changed", "after"),
    [
        ("pause", State.QUEUED, 1, (State.PAUSED, "")),
        ("pause", State.RUNNING, 1, (State.RUNNING, "pause")),
        ("pause", State.PAUSED, 0, (State.PAUSED, "")),
        ("cancel", State.QUEUED, 1, (State.CANCELLED, "")),
        ("cancel", State.RUNNING, 1, (State.RUNNING, "cancel")),
        ("cancel", State.PAUSED, 1, (State.CANCELLED, "")),
        ("kill", State.QUEUED, 1, (State.CANCELLED, "")),
        ("kill", State.RUNNING, 1, (State.RUNNING, "kill")),
        ("kill", State.PAUSED, 1, (State.CANCELLED, "")),
        ("resume", State.QUEUED, 0, (State.QUEUED, "")),
        ("resume", State.RUNNING, 0, (State.RUNNING, "")),
        ("resume", State.PAUSED, 1, (State.QUEUED, "")),
    ],
)
def test_what_waits_is_changed_at_once_and_what_runs_is_asked(
    verb: str, state: State, changed: int, after: tuple[State, str]
) -> None:
    run, bystander = in_state(state), queued()

    count = getattr(these(run), verb)()

    assert (count, (fresh(run).state, fresh(run).wish)) == (changed, after)
    assert (fresh(run).finished_at is not None) is (after[0] in FINAL)
    assert (fresh(run).token is not None) is (state == State.RUNNING)
    assert fresh(bystander).state == State.QUEUED


@pytest.mark.parametrize("state", sorted(FINAL))
@pytest.mark.parametrize("verb", ["pause", "cancel", "kill", "resume"])
def test_what_is_over_is_not_changed(verb: str, state: State) -> None:
    run = in_state(state)

    assert getattr(these(run), verb)() == 0
    now = fresh(run)
    assert (now.state, now.wish, now.wished_at, now.finished_at) == (state, "", None, run.finished_at)


@pytest.mark.parametrize(
    ("first", "second", "changed", "wish"),
    [
        ("pause", "pause", 0, "pause"),
        ("pause", "cancel", 1, "cancel"),
        ("pause", "kill", 1, "kill"),
        ("pause", "resume", 1, ""),
        ("cancel", "pause", 0, "cancel"),
        ("cancel", "cancel", 0, "cancel"),
        ("cancel", "kill", 1, "kill"),
        ("cancel", "resume", 0, "cancel"),
        ("kill", "pause", 0, "kill"),
        ("kill", "cancel", 0, "kill"),
        ("kill", "kill", 0, "kill"),
        ("kill", "resume", 0, "kill"),
    ],
)
def test_a_stronger_wish_holds(first: str, second: str, changed: int, wish: str) -> None:
    run = running()
    getattr(these(run), first)()

    assert (getattr(these(run), second)(), fresh(run).wish) == (changed, wish)


def test_a_cancel_that_is_wished_again_has_no_new_grace() -> None:
    run = running()
    these(run).cancel()
    first = fresh(run).wished_at

    these(run).cancel()

    assert (first is not None, fresh(run).wished_at) == (True, first)


@pytest.mark.parametrize(
    ("verb", "after"),
    [
        ("pause", ["paused", "running pause", "paused", "succeeded", "paused"]),
        ("cancel", ["cancelled", "running cancel", "cancelled", "succeeded", "cancelled"]),
        ("kill", ["cancelled", "running kill", "cancelled", "succeeded", "cancelled"]),
        ("resume", ["queued", "running", "queued", "succeeded", "queued"]),
    ],
)
def test_all_below_follow(verb: str, after: list[str]) -> None:
    parent = in_state(State.PAUSED if verb == "resume" else State.QUEUED)
    child = in_state(State.RUNNING, parent=parent)
    family = [
        parent,
        child,
        in_state(State.PAUSED, parent=child),
        over := in_state(State.SUCCEEDED, parent=parent),
        # Below one that is over, too.
        in_state(State.PAUSED if verb == "resume" else State.QUEUED, parent=over),
    ]
    outsider = queued()

    getattr(these(parent), verb)()

    assert [f"{fresh(run).state} {fresh(run).wish}".strip() for run in family] == after
    assert fresh(outsider).state == State.QUEUED


def test_a_child_can_be_cancelled_without_its_parent() -> None:
    parent = running()
    child = queued(parent=parent)

    these(child).cancel()

    assert (fresh(child).state, fresh(parent).wish) == (State.CANCELLED, "")


def test_a_resumed_run_is_due_at_once_and_begins_without_its_crashes() -> None:
    run = running(attended=True, crashes=1, publish_after=timezone.now() + timedelta(hours=1))
    reaped(run)

    these(run).resume()

    now = fresh(run)
    assert (now.crashes, now.attended, now.error) == (0, False, "")
    assert now.publish_after <= timezone.now() + timedelta(seconds=1)


def test_a_resumed_run_goes_on_from_its_place() -> None:
    run = running()
    save_place(run, {"rows": {"at": 4, "done": 4}})
    these(run).pause()
    run.finish(Ending(state=State.PAUSED))

    these(run).resume()

    again = claim(run)
    assert again is not None
    assert (again.cursor, again.wish) == ({"rows": {"at": 4, "done": 4}}, "")


@at_the_same_time
def test_a_claim_and_a_cancel_at_once_never_miss_each_other() -> None:
    for _ in range(10):
        run = queued()
        verbs = iter([lambda run=run: claim(run), lambda run=run: these(run).cancel()])

        at_once(lambda verbs=verbs: next(verbs)(), times=2)

        assert (fresh(run).state, fresh(run).wish) in ((State.CANCELLED, ""), (State.RUNNING, "cancel"))


# Leases


def test_a_renewed_lease_is_not_over() -> None:
    run = running()
    expire(run)

    Run.objects.renew([str(run.pk)], worker=WORKER)

    assert Run.objects.reap() == 0
    assert fresh(run).lease_until > timezone.now() + timedelta(seconds=50)


def test_only_the_runs_of_that_worker_that_still_run_are_renewed() -> None:
    mine, anothers, over = running(), running(), running()
    Run.objects.filter(pk=anothers.pk).update(worker="another")
    over.finish(Ending(state=State.SUCCEEDED))

    renewed = Run.objects.renew([str(run.pk) for run in (mine, anothers, over)], worker=WORKER)

    assert [each.run for each in renewed] == [mine.pk]


def test_a_run_that_nobody_named_is_not_renewed() -> None:
    named, forgotten = running(), running()
    expire(named, forgotten)

    Run.objects.renew([str(named.pk)], worker=WORKER)

    assert Run.objects.reap() == 1
    assert fresh(forgotten).state == State.QUEUED


@pytest.mark.parametrize(
    ("wish", "ago", "must_die"),
    [
        (Wish.NONE, 3600, False),
        (Wish.PAUSE, 3600, False),
        (Wish.CANCEL, 5, False),
        (Wish.CANCEL, 31, True),
        (Wish.KILL, 0, True),
    ],
)
def test_who_renews_hears_what_is_wished_and_whether_it_must_die(
    settings: LazySettings, wish: Wish, ago: int, must_die: bool
) -> None:
    settings.CANCEL_GRACE = timedelta(seconds=30)
    run = running(wish=wish)
    Run.objects.filter(pk=run.pk).update(wished_at=Now() - timedelta(seconds=ago))

    (renewed,) = Run.objects.renew([str(run.pk)], worker=WORKER)

    assert renewed == (run.pk, wish, must_die)


@at_the_same_time
def test_who_renews_waits_for_no_locked_row() -> None:
    committing, other = running(), running()

    with locked(committing):
        renewed = Run.objects.renew([str(committing.pk), str(other.pk)], worker=WORKER)

    assert [each.run for each in renewed] == [other.pk]


# Lists


def test_what_is_paused_is_active_too() -> None:
    runs = {state: in_state(state) for state in State}

    active = set(Run.objects.active())

    assert active == {runs[state] for state in (State.QUEUED, State.RUNNING, State.PAUSED)}


def test_the_latest_run_comes_first() -> None:
    first, second = queued(), queued()

    assert list(Run.objects.latest_first()) == [second, first]


def test_runs_are_found_by_their_parameters() -> None:
    found, _ = queued(parameters={"path": "prices.csv"}), queued(parameters={"path": "stock.csv"})

    assert list(Run.objects.naming("prices")) == [found]


def test_only_what_is_over_was_finished_before_a_moment() -> None:
    over = in_state(State.FAILED)
    for state in (State.QUEUED, State.RUNNING, State.PAUSED):
        in_state(state)

    assert list(Run.objects.finished_before(timezone.now() + timedelta(minutes=1))) == [over]
    assert list(Run.objects.finished_before(over.finished_at)) == []


# What waits


def test_of_each_queue_what_is_due_is_counted_with_its_longest_wait() -> None:
    now = timezone.now()
    for queue, minutes in (("fast", 1), ("fast", 3), ("slow", 2), ("later", -1)):
        queued(queue=queue, not_before=now - timedelta(minutes=minutes))
    in_state(State.RUNNING)
    queued(queue="slow", awaits="ends")

    waiting = Run.objects.waiting()

    assert {name: (count, wait // timedelta(minutes=1)) for name, (count, wait) in waiting.items()} == {
        "fast": (2, 3),
        "slow": (1, 2),
    }

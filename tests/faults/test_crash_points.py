"""kill -9 at every point of a run's life."""

import pytest
from celery import current_app

from jobs.models.attempt import Attempt
from jobs.models.run import Run
from jobs.models.state import State
from tests.faults.conftest import FULL
from tests.faults.crashing import IN_A_CHILD, IN_A_DISPATCHER, IN_A_PARENT
from tests.faults.fleet import LEASE, Count, Fleet, accept, all_ended, counted
from tests.faults.report import Report
from tests.nodes.waiting import wait_until

ROUNDS = 16 if FULL else 1


def test_a_run_whose_process_dies_at_any_point_has_its_effects_once(fleet: Fleet, report: Report) -> None:
    fleet.started()
    for point in IN_A_CHILD:
        for _ in range(ROUNDS):
            accept(crash_at=point)

    assert all_ended(within=30 + 3 * ROUNDS * len(IN_A_CHILD))

    count = counted()
    report.add("a worker's process dies at each of 7 points", ROUNDS * len(IN_A_CHILD), count)
    # All but those whose end was handed over already. A busy machine may cost one more its short lease.
    assert Attempt.objects.filter(outcome="crashed").count() >= ROUNDS * (len(IN_A_CHILD) - 1)
    assert count == clean(ROUNDS * len(IN_A_CHILD))


@pytest.mark.parametrize("point", IN_A_DISPATCHER)
def test_a_dispatcher_that_dies_has_a_successor(fleet: Fleet, report: Report, point: str) -> None:
    for _ in range(ROUNDS):
        run = accept()
        forget(run, is_running=point == "after_it_has_reaped")
        die_and_be_succeeded(fleet, point)

    report.add(f"a dispatcher dies {point.replace('_', ' ')}", ROUNDS, counted())
    assert counted() == clean(ROUNDS)


@pytest.mark.parametrize(("point", "crashes"), [(IN_A_PARENT[0], ROUNDS), (IN_A_PARENT[1], 0)])
def test_a_worker_that_dies_over_what_was_handed_to_it_loses_no_end(
    fleet: Fleet, report: Report, point: str, crashes: int
) -> None:
    for _ in range(ROUNDS):
        accept()
        die_and_be_succeeded(fleet, point)

    report.add(f"a worker dies {point.replace('_', ' ')}", ROUNDS, counted())
    assert counted() == clean(ROUNDS)
    assert Attempt.objects.filter(outcome="crashed").count() == crashes


def die_and_be_succeeded(fleet: Fleet, point: str) -> None:
    first = fleet.start(point=point)
    wait_until(lambda: first.status == "exited", within=30, about=f"it dies\n{first.logs()}")
    fleet.workers.remove(first)
    second = fleet.started()
    assert all_ended(within=6 * LEASE)
    fleet.kill(second)


def forget(run: Run, *, is_running: bool) -> None:
    """As if its message was lost; or as if it had been begun by a worker that is no more."""
    with current_app.connection_for_write() as broker:
        broker.default_channel.queue_purge(run.queue)
    if is_running:
        Run.objects.claim(run.pk, worker="nobody", jobs=["have_effects"])
        Run.objects.filter(pk=run.pk).update(lease_until=run.created_at)
    else:
        Run.objects.filter(pk=run.pk).update(publish_after=run.created_at)
    assert run.state == State.QUEUED


def clean(runs: int, items: int = 12) -> Count:
    return Count(runs=runs, effects=runs * items)

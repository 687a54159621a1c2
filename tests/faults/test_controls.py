"""Each safeguard taken away is seen: without that, green says nothing. Beside it, the whole service."""

import time

import pytest
from django.db import connection, connections, transaction
from pytest_celery import RedisTestBroker

from jobs.models.run import Run
from jobs.models.state import State
from tests.faults.conftest import FULL
from tests.faults.fleet import LEASE, Count, Fleet, accept, all_ended, children_of, counted, kill_child
from tests.faults.report import Report
from tests.jobs.claimed import at_once
from tests.nodes.waiting import wait_until

WHOLE = ""


def begun(run: Run, batches: int = 1) -> Run:
    def look() -> bool:
        run.refresh_from_db()
        return run.state == State.RUNNING and run.done >= 4 * batches

    wait_until(look, within=20, about="it is under way")
    return run


def is_locked(run: Run) -> bool:
    with transaction.atomic():
        return not list(Run.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=run.pk))


def zombie(fleet: Fleet, control: str, broker: RedisTestBroker) -> Count:
    """A worker is frozen until another has taken its run, and then goes on."""
    run = accept(items=200, seconds=0.02)
    first = fleet.started(control=control)
    begun(run)
    fleet.freeze(first)
    while is_locked(run):  # Between a checkpoint and its commit, it would have to be ended first.
        fleet.thaw(first)
        time.sleep(0.05)
        fleet.freeze(first)
    fleet.started(control=control)
    wait_until(lambda: Run.objects.get(pk=run.pk).attempt == 2, within=6 * LEASE, about="it is taken over")
    fleet.thaw(first)
    all_ended(within=20)
    time.sleep(0.5)  # for the zombie's last batch
    return counted()


def dead_child(fleet: Fleet, control: str, broker: RedisTestBroker) -> Count:
    """A process of the pool is killed; its parent lives."""
    run = accept(items=60, seconds=0.02)
    worker = fleet.started(control=control)
    begun(run)
    for child in children_of(worker):
        kill_child(child)
    all_ended(within=4 * LEASE)
    return counted()


def death_before_the_checkpoint(fleet: Fleet, control: str, broker: RedisTestBroker) -> Count:
    accept(crash_at="before_checkpoint")
    fleet.started(control=control)
    all_ended(within=4 * LEASE)
    return counted()


def locked_row(fleet: Fleet, control: str, broker: RedisTestBroker) -> Count:
    """Two runs are dead, and somebody holds the row of one for long."""
    held, other = accept(), accept()
    for run in (held, other):
        # In a session of its own: that of a dead attempt is ended, and this one has a lock to hold.
        at_once(lambda run=run: Run.objects.claim(run.pk, worker="nobody", jobs=[run.job]), times=1)
    Run.objects.update(lease_until=held.created_at)
    second = connections.create_connection("default")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM jobs_run WHERE id = %s FOR UPDATE", [held.pk])
            fleet.started(control=control)
            until = time.monotonic() + LEASE + 5
            state = ""
            while time.monotonic() < until and state != "succeeded":
                with second.cursor() as look:
                    look.execute("SELECT state FROM jobs_run WHERE id = %s", [other.pk])
                    (state,) = look.fetchone()
                time.sleep(0.05)
    finally:
        second.close()
    return Count(runs=2, effects=24, stuck=int(state != "succeeded"))


def flushed_broker(fleet: Fleet, control: str, broker: RedisTestBroker) -> Count:
    accept()
    with broker.container.client as client:
        client.flushall()
    fleet.started(control=control)
    all_ended(within=3 * LEASE)
    return counted()


SCENES = {
    "no_fence": zombie,
    "checkpoint_in_a_transaction_of_its_own": death_before_the_checkpoint,
    "heartbeat_for_whatever_a_worker_once_began": dead_child,
    "reaper_that_waits_for_locked_rows": locked_row,
    "no_dispatcher": flushed_broker,
}
SHOWN = list(SCENES) if FULL else list(SCENES)[:2]


@pytest.mark.parametrize("control", SHOWN)
def test_a_safeguard_that_is_taken_away_is_missed(
    fleet: Fleet, celery_broker: RedisTestBroker, report: Report, control: str
) -> None:
    count = SCENES[control](fleet, control, celery_broker)

    report.add(f"control, must be red: {control.replace('_', ' ')}", 1, count)
    assert not count.is_clean


@pytest.mark.parametrize("control", SHOWN)
def test_the_whole_service_bears_the_same(
    fleet: Fleet, celery_broker: RedisTestBroker, report: Report, control: str
) -> None:
    count = SCENES[control](fleet, WHOLE, celery_broker)

    report.add(f"control, must be clean with the safeguard: {control.replace('_', ' ')}", 1, count)
    assert count.is_clean, count

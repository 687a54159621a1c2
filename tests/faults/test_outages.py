"""A broker that is flushed or frozen, and a database that is gone, under load."""

import signal
import statistics
import time

import pytest
from pytest_celery import RedisTestBroker

from jobs.models.attempt import Attempt
from jobs.models.run import Run
from tasks import dispatch
from tests.faults.conftest import FULL
from tests.faults.fleet import Fleet, accept, all_ended, counted
from tests.faults.report import Report
from tests.faults.test_controls import begun
from tests.nodes.waiting import wait_until

MANY = 10_000 if FULL else 200
FROZEN = 30 if FULL else 2  # seconds
RECOVERIES = ((5, 5), (60, 3)) if FULL else ((3, 1),)  # a lease in seconds, and how often


def test_all_that_was_queued_runs_after_the_broker_was_flushed(
    fleet: Fleet, celery_broker: RedisTestBroker, report: Report
) -> None:
    for _ in range(MANY):
        accept(items=1)
    with celery_broker.container.client as client:
        client.flushall()
    fleet.started()

    assert all_ended(within=60 + MANY / 50)

    count = counted()
    report.add(f"broker flushed with {MANY:,} runs queued", 1, count)
    assert (count.runs, count.effects, count.is_clean) == (MANY, MANY, True)


def test_a_frozen_broker_keeps_no_caller_waiting(
    fleet: Fleet, celery_broker: RedisTestBroker, report: Report
) -> None:
    fleet.started()
    broker = celery_broker.container._container
    waits = []
    broker.kill(signal.SIGSTOP)
    until = time.monotonic() + FROZEN
    while time.monotonic() < until:
        begin = time.monotonic()
        accept(items=1)
        waits.append(time.monotonic() - begin)
        time.sleep(0.5)
    broker.kill(signal.SIGCONT)
    dispatch._rest_until = 0.0

    assert all_ended(within=60)
    count = counted()
    report.add(f"broker frozen for {FROZEN} s", 1, count, f"longest call {max(waits):.1f} s")
    assert max(waits) < 3
    assert count.is_clean, count


@pytest.mark.parametrize(("lease", "rounds"), RECOVERIES)
def test_a_run_goes_on_after_its_worker_was_killed(
    fleet: Fleet, report: Report, lease: int, rounds: int
) -> None:
    taken = []
    fleet.environment = {**fleet.environment, "LEASE_SECONDS": str(lease)}
    for _ in range(rounds):
        first = fleet.started()
        run = begun(accept(items=60, seconds=0.05))
        fleet.kill(first)
        killed = time.monotonic()
        second = fleet.started()
        wait_until(lambda run=run: Run.objects.get(pk=run.pk).attempt == 2, within=lease + 8)
        taken.append(time.monotonic() - killed)
        assert all_ended(within=20)
        fleet.kill(second)

    note = f"begun again after {statistics.median(taken):.1f} s (median), {max(taken):.1f} s (worst)"
    count = counted()
    report.add(f"kill -9 of a worker, lease {lease} s", rounds, count, note)
    assert count.is_clean, count
    assert max(taken) < lease + 5
    assert Attempt.objects.filter(outcome="crashed").count() == rounds

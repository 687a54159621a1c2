"""Random faults, and nothing lost, doubled or stuck."""

import os
from collections import Counter

import pytest
from django.db import connection
from pytest_celery import RedisTestBroker

from jobs.models.run import Run
from jobs.models.state import State
from tests.faults.chaos import Chaos
from tests.faults.conftest import FULL
from tests.faults.fleet import LEASE, Fleet, all_ended, counted
from tests.faults.report import Report

SEEDS = [int(seed) for seed in os.environ.get("FAULT_SEEDS", "1 2 3 4" if FULL else "1").split()]
FAULTS = int(os.environ.get("FAULT_COUNT", "100" if FULL else "8"))


@pytest.mark.parametrize("seed", SEEDS)
def test_chaos_loses_and_doubles_nothing(
    fleet: Fleet, celery_broker: RedisTestBroker, report: Report, seed: int
) -> None:
    chaos = Chaos(fleet, celery_broker, seed)

    chaos.wreak(FAULTS)
    connection.close()
    Run.objects.filter(state=State.PAUSED).resume()
    ended = all_ended(within=20 + 10 * LEASE)

    count = counted()
    report.add(f"random faults, seed {seed}", FAULTS, count, words(Counter(chaos.faults)))
    assert (ended, "\n".join(map(described, Run.objects.exclude(state=State.SUCCEEDED)))) == (True, "")
    assert count.is_clean, count


def described(run: Run) -> str:
    tries = "\n".join(f"{each.outcome} {each.error_message}\n{each.traceback}" for each in run.attempts.all())
    return f"{run} is {run.state} after {run.crashes} crashes\n{tries}"


def words(faults: Counter[str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in sorted(faults.items()))

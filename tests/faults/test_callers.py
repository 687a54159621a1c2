"""kill -9 of whoever enqueues: before the commit there is no run, after it there is one that runs."""

import subprocess
import sys

import pytest

from jobs.models.run import Run
from tests.faults.client import POINTS
from tests.faults.conftest import FULL
from tests.faults.fleet import LEASE, REPUBLISH_AFTER, Fleet, all_ended, counted
from tests.faults.report import Report
from tests.nodes.process import ROOT
from tests.nodes.waiting import wait_until

ROUNDS = 16 if FULL else 2
ITEMS = 8
CALLER = {
    "DJANGO_SETTINGS_MODULE": "project.settings",
    "REPUBLISH_AFTER_SECONDS": str(REPUBLISH_AFTER),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_caller_that_dies_leaves_a_whole_run_or_none(fleet: Fleet, report: Report, point: str) -> None:
    fleet.started()
    client = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.client"],
        env={**fleet.environment, **CALLER},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told, _ = client.communicate(f"{point} {ITEMS}\n" * ROUNDS, timeout=60)

    expected = 0 if point == "after_insert_before_commit" else ROUNDS
    assert told.split() == ["-"] * ROUNDS
    wait_until(lambda: Run.objects.count() == expected)
    assert all_ended(within=30 + 2 * LEASE)
    count = counted()
    words = point.replace("_before_", ", before_").replace("_", " ")
    report.add(f"a caller dies {words}", ROUNDS, count)
    assert (count.runs, count.effects, count.is_clean) == (expected, expected * ITEMS, True)

"""What runs now."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.running import AT_LEAST, running_runs
from jobs.models.state import State
from tests.console.conftest import MakeRun

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def usually(make_run: MakeRun, minutes: float) -> None:
    now = timezone.now()
    make_run(State.SUCCEEDED, started_at=now - minutes * MINUTE, finished_at=now)


def test_the_longest_comes_first_and_what_does_not_run_not_at_all(make_run: MakeRun) -> None:
    now = timezone.now()
    young, old = (make_run(State.RUNNING, started_at=now - timedelta(minutes=minutes)) for minutes in (1, 9))
    for state in set(State) - {State.RUNNING}:
        make_run(state)

    assert [each.run for each in running_runs()] == [old, young]


@pytest.mark.parametrize(
    ("usual", "so_far", "expected"), [(10, 29, False), (10, 31, True), (0.01, 4, False), (0.01, 6, True)]
)
def test_a_run_is_stuck_where_it_takes_far_longer_than_usual(
    make_run: MakeRun, usual: float, so_far: float, expected: bool
) -> None:
    usually(make_run, usual)
    make_run(State.RUNNING, started_at=timezone.now() - so_far * MINUTE)

    assert running_runs()[0].is_stuck(timezone.now()) is expected


def test_of_a_job_without_a_past_nobody_knows_what_is_long(make_run: MakeRun) -> None:
    make_run(State.RUNNING, started_at=timezone.now() - 100 * AT_LEAST)

    assert not running_runs()[0].is_stuck(timezone.now())


def test_more_runs_cost_no_more_queries(make_run: MakeRun, django_assert_num_queries: Any) -> None:
    for minutes in range(5):
        make_run(State.RUNNING, started_at=timezone.now() - 3 * minutes * MINUTE)

    with django_assert_num_queries(1):
        assert len(running_runs()) == 5

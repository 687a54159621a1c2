"""What runs now."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.running import AT_LEAST, running_runs
from jobs.models import DayFigures
from jobs.models.state import State
from tests.console.conftest import MakeRun

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def usual(length: timedelta, *, days_ago: int = 0) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    DayFigures.objects.create(job="greet", day=day, succeeded=1, p95=length)


def test_the_longest_comes_first_and_what_does_not_run_not_at_all(make_run: MakeRun) -> None:
    now = timezone.now()
    young, old = (make_run(State.RUNNING, started_at=now - timedelta(minutes=minutes)) for minutes in (1, 9))
    for state in set(State) - {State.RUNNING}:
        make_run(state)

    assert [each.run for each in running_runs()] == [old, young]


def test_the_usual_duration_is_the_worst_of_the_last_days(make_run: MakeRun) -> None:
    for days_ago, minutes in ((0, 1), (3, 5), (40, 60)):
        usual(timedelta(minutes=minutes), days_ago=days_ago)
    make_run(State.RUNNING)

    assert running_runs()[0].usual == 5 * MINUTE


@pytest.mark.parametrize(
    ("usually", "so_far", "is_stuck"), [(10, 29, False), (10, 31, True), (0.01, 4, False), (0.01, 6, True)]
)
def test_a_run_is_stuck_where_it_takes_far_longer_than_usual(
    make_run: MakeRun, usually: float, so_far: float, is_stuck: bool
) -> None:
    usual(usually * MINUTE)
    now = timezone.now()
    make_run(State.RUNNING, started_at=now - so_far * MINUTE)

    assert running_runs()[0].is_stuck(now) is is_stuck


def test_of_a_job_without_a_past_nobody_knows_what_is_long(make_run: MakeRun) -> None:
    make_run(State.RUNNING, started_at=timezone.now() - 100 * AT_LEAST)

    assert not running_runs()[0].is_stuck(timezone.now())


def test_more_runs_cost_no_more_queries(make_run: MakeRun, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        make_run(State.RUNNING)

    with django_assert_num_queries(1):
        assert len(running_runs()) == 5

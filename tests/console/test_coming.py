"""What comes next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from console.coming import planned
from jobs.models.state import State
from tasks.plan import plans
from tests.console.conftest import MakeRun
from tests.tasks.scheduled import by_cron

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_others() -> None:
    PeriodicTask.objects.all().delete()


def scheduled(line: str, **facts: Any) -> None:
    by_cron(line, last_run_at=NOON - HOUR, **facts)


def test_a_schedule_is_told_once_with_the_times_that_follow() -> None:
    scheduled("0 */6 * * *", name="cleanup_runs")

    (found,) = planned(plans(), NOON)

    assert (found.title, found.why, found.url) == ("Cleanup runs", "by its schedule", "/jobs/cleanup_runs/")
    assert [f"{each:%H:%M}" for each in (found.at, *found.then)] == ["18:00", "00:00", "06:00"]


def test_times_are_those_of_the_schedules_zone_which_is_named() -> None:
    scheduled("0 9 * * *", zone="Asia/Tokyo")

    (found,) = planned(plans(), NOON)

    assert (f"{found.at:%H:%M}", found.zone) == ("09:00", "Asia/Tokyo")
    assert found.why == "by the schedule “morning”"


def test_what_is_more_than_a_day_away_is_not_told() -> None:
    scheduled("0 11 6 * *")

    assert planned(plans(), NOON) == []


def test_runs_that_wait_for_their_time_are_told_in_order(make_run: MakeRun) -> None:
    now = timezone.now()
    late, early = now + 3 * HOUR, now + HOUR
    make_run(State.QUEUED, not_before=late, publish_after=late)
    run = make_run(State.QUEUED, not_before=early, publish_after=early, failures=1, attempt=1)

    found = planned([], now)

    assert [each.why for each in found] == ["its next attempt", "was put off until then"]
    assert (found[0].url, found[0].zone) == (f"/runs/{run.pk}/", "")


@pytest.mark.parametrize("hours", [-1, 25])
def test_runs_that_are_due_or_far_away_are_not_told(make_run: MakeRun, hours: int) -> None:
    at = timezone.now() + hours * HOUR
    make_run(State.QUEUED, not_before=at, publish_after=at)

    assert planned([], timezone.now()) == []


@time_machine.travel(NOON, tick=False)
def test_a_schedule_of_a_job_that_is_gone_leads_to_its_runs() -> None:
    scheduled("0 18 * * *", task="gone")

    (found,) = planned(plans(), NOON)

    assert (found.title, found.url) == ("gone", "/runs/?q=job%3Agone")

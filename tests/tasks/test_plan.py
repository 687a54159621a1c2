"""What schedules did last and do next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django_celery_beat.models import PeriodicTask

from jobs.models import Slot
from jobs.models.slot import Outcome
from tasks.plan import Plan, plans
from tests.tasks.scheduled import by_cron

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_others() -> None:
    PeriodicTask.objects.all().delete()


def plan(line: str = "0 * * * *", *, kept_until: datetime = NOON, **facts: Any) -> Plan:
    by_cron(line, last_run_at=kept_until, **facts)
    return plans()[0]


def test_the_next_slots_are_in_the_zone_of_the_schedule() -> None:
    found = plan("30 3 * * *", zone="Asia/Tokyo").coming(NOON, at_most=2)

    assert [f"{slot:%F %R %Z}" for slot in found] == ["2026-05-05 03:30 JST", "2026-05-06 03:30 JST"]


def test_only_what_comes_within_a_time_is_told() -> None:
    assert plan("0 0 * * *").coming(NOON, within=11 * HOUR) == []


def test_a_slot_that_beat_has_not_kept_is_overdue() -> None:
    found = plan(kept_until=NOON - 3 * HOUR)

    assert found.overdue(NOON + timedelta(minutes=2)) == NOON - 2 * HOUR


def test_a_slot_is_not_overdue_in_its_minute() -> None:
    assert plan(kept_until=NOON - HOUR).overdue(NOON + timedelta(seconds=30)) is None


def test_a_disabled_schedule_has_nothing_to_come_and_nothing_overdue() -> None:
    found = plan(kept_until=NOON - 3 * HOUR, enabled=False)

    assert (found.coming(NOON), found.overdue(NOON)) == ([], None)


def test_a_schedule_that_cannot_be_read_has_nothing_to_come() -> None:
    found = plan("61 * * * *")

    assert (found.coming(NOON), found.overdue(NOON)) == ([], None)


def test_the_last_slot_is_told_with_what_became_of_it() -> None:
    for hours, outcome in ((2, Outcome.RAN), (1, Outcome.MISSED)):
        Slot.objects.take("morning", NOON - hours * HOUR, outcome, "nobody kept it")

    found = plan()

    assert found.last
    assert (found.last.planned_for, found.last.outcome, found.last.reason) == (
        NOON - HOUR,
        "missed",
        "nobody kept it",
    )


def test_more_schedules_cost_no_more_queries(django_assert_num_queries: Any) -> None:
    for name in ("a", "b", "c"):
        by_cron("0 * * * *", name=name)

    with django_assert_num_queries(1):
        found = plans()

    assert [(each.name, each.job, each.last) for each in found] == [
        (name, "cleanup_runs", None) for name in ("a", "b", "c")
    ]

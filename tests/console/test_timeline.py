"""What became of a run, step by step."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from console.run_page import run_page
from jobs.models import Attempt, AuditLog, Run, Slot
from jobs.models.state import State

pytestmark = pytest.mark.django_db
NOON = timezone.now().replace(microsecond=0) - timedelta(hours=1)


def minute(number: int) -> Any:
    return NOON + timedelta(minutes=number)


def told(run: Run) -> list[tuple[str, str]]:
    return [(str(event.what), event.who) for event in run_page(run.pk).timeline]


def test_a_run_of_a_person_says_who_did_what_in_order(operator: User) -> None:
    values: dict[str, Any] = {"origin": "console", "started_by": operator, "created_at": minute(0)}
    values |= {"started_at": minute(1), "wished_at": minute(2), "finished_at": minute(5), "attempt": 2}
    run = Run.objects.create(job="greet", state=State.FAILED, **values)
    facts = {"run": run, "worker": "a@b"}
    Attempt.objects.create(
        **facts, number=1, started_at=minute(1), finished_at=minute(3), outcome="retried", error_message="no"
    )
    Attempt.objects.create(
        **facts, number=2, started_at=minute(4), finished_at=minute(5), outcome="failed", error_message="{x}"
    )
    AuditLog.objects.create(
        user=operator,
        action="asked to pause",
        target=str(run.pk),
        created_at=minute(2),
        details={"reason": "lunch"},
    )
    AuditLog.objects.create(user=operator, action="asked to pause", target="another")

    assert told(run) == [
        ("Created, from console", "operator"),
        ("Attempt 1 began on a@b", ""),
        ("Asked to pause: lunch", "operator"),
        ("Attempt 1 failed, to be tried again: no", ""),
        ("Attempt 2 began on a@b", ""),
        ("Attempt 2 failed: {x}", ""),
    ]


def test_each_step_says_how_long_it_came_after_the_one_before() -> None:
    values = {"created_at": minute(0), "started_at": minute(3), "finished_at": minute(5)}
    run = Run.objects.create(job="greet", state=State.FAILED, attempt=1, **values)

    assert [event.after for event in run_page(run.pk).timeline] == [
        None,
        timedelta(minutes=3),
        timedelta(minutes=2),
    ]


def test_a_run_of_a_schedule_says_for_when_it_was_planned() -> None:
    run = Run.objects.create(job="greet", schedule="nightly", origin="schedule", created_at=minute(1))
    Slot.objects.create(schedule="nightly", planned_for=minute(0), run=run, outcome="late")

    assert told(run) == [
        ("Planned for this moment by the schedule nightly; it came late", ""),
        ("Created by the schedule nightly", ""),
    ]


def test_what_a_command_asked_for_is_told_too() -> None:
    run = Run.objects.create(
        job="greet",
        state=State.CANCELLED,
        created_at=minute(0),
        wished_at=minute(1),
        finished_at=minute(1),
    )

    assert told(run) == [
        ("Created, from code", ""),
        ("Asked to stop, by a command, by code, or among many runs", ""),
        ("Cancelled", ""),
    ]


def test_a_first_attempt_that_has_not_reported_yet_is_there() -> None:
    run = Run.objects.create(
        job="greet",
        state=State.RUNNING,
        attempt=1,
        worker="a@b",
        created_at=minute(0),
        started_at=minute(1),
    )

    assert told(run)[-1] == ("Attempt 1 began on a@b", "")

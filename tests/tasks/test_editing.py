import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django_celery_beat.models import PeriodicTask
from pydantic import SecretStr

from jobs.job import Missed
from jobs.secret import MASK, seal
from tasks.editing import DeletedMeanwhile, EditedMeanwhile, NameTaken, Plan, create, facts, revise, switch
from tasks.missed import Policy
from tests.tasks.scheduled import by_cron

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


def plan(**changes: Any) -> Plan:
    return Plan(**{"line": "30 3 * * *", "zone": "Europe/Berlin", "parameters": {"name": "Ada"}, **changes})


def test_a_new_schedule_says_what_was_planned() -> None:
    create("evening", "greet", plan(queue="bulk", priority=0, late_for=timedelta(hours=2)))

    made = PeriodicTask.objects.get(name="evening")
    assert (made.task, json.loads(made.kwargs), made.queue, made.priority) == (
        "greet",
        {"name": "Ada"},
        "bulk",
        0,
    )
    assert (made.expire_seconds, str(made.crontab.timezone), made.last_run_at) == (
        7200,
        "Europe/Berlin",
        None,
    )


def test_a_name_is_given_once() -> None:
    create("evening", "greet", plan())

    with pytest.raises(NameTaken, match="'evening' already; choose another name"):
        create("evening", "greet", plan())


def test_who_has_not_seen_the_last_edit_changes_nothing() -> None:
    schedule = create("evening", "greet", plan())
    seen = schedule.date_changed
    revise(schedule, plan(line="31 3 * * *"), seen=seen)

    with pytest.raises(EditedMeanwhile, match="Somebody has changed evening at"):
        revise(schedule, plan(line="32 3 * * *"), seen=seen)

    assert PeriodicTask.objects.get(name="evening").crontab.minute == "31"


def test_what_somebody_has_just_deleted_is_not_edited() -> None:
    schedule = create("evening", "greet", plan())
    PeriodicTask.objects.all().delete()

    with pytest.raises(DeletedMeanwhile, match="Somebody has just deleted evening"):
        switch(schedule, enabled=False)


def test_another_time_begins_with_the_edit() -> None:
    schedule = by_cron("30 3 * * *", zone="Europe/Berlin", last_run_at=NIGHT)

    revise(schedule, plan(line="31 3 * * *"), seen=schedule.date_changed)

    assert PeriodicTask.objects.get(pk=schedule.pk).last_run_at is None


def test_an_edit_that_leaves_the_time_misses_no_slot() -> None:
    schedule = by_cron("30 3 * * *", zone="Europe/Berlin", last_run_at=NIGHT)

    revise(schedule, plan(description="Why"), seen=schedule.date_changed)

    assert PeriodicTask.objects.get(pk=schedule.pk).last_run_at == NIGHT


@pytest.mark.parametrize(
    ("policy", "headers"),
    [
        (None, {"mine": 1}),
        (Policy(missed=Missed.SKIP), {"mine": 1, "missed": "skip"}),
        (Policy(missed=Missed.ALL, at_most=7), {"mine": 1, "missed": "all", "missed_at_most": 7}),
    ],
)
def test_the_policy_is_written_beside_what_else_the_headers_say(
    policy: Policy | None, headers: dict[str, Any]
) -> None:
    schedule = by_cron("30 3 * * *", headers='{"mine": 1, "missed": "all", "missed_at_most": 48}')

    revise(schedule, plan(policy=policy), seen=schedule.date_changed)

    assert json.loads(PeriodicTask.objects.get(pk=schedule.pk).headers) == headers


def test_headers_that_are_no_policy_are_written_anew() -> None:
    schedule = by_cron("30 3 * * *", headers="skip")

    revise(schedule, plan(policy=Policy(missed=Missed.SKIP)), seen=schedule.date_changed)

    assert json.loads(PeriodicTask.objects.get(pk=schedule.pk).headers) == {"missed": "skip"}


@pytest.mark.parametrize(("before", "last"), [(False, None), (True, NIGHT)])
def test_what_is_switched_on_goes_on_from_there_and_what_was_on_is_left(
    before: bool, last: datetime | None
) -> None:
    schedule = by_cron("30 3 * * *")
    PeriodicTask.objects.filter(pk=schedule.pk).update(enabled=before, last_run_at=NIGHT)

    switch(schedule, enabled=True)

    after = PeriodicTask.objects.get(pk=schedule.pk)
    assert (after.enabled, after.last_run_at) == (True, last)


def test_secrets_are_not_in_the_facts() -> None:
    sealed = seal(SecretStr("hush"))
    schedule = by_cron("30 3 * * *", kwargs={"key": sealed, "keys": [sealed], "url": "x"})

    assert facts(schedule)["parameters"] == {"key": MASK, "keys": [MASK], "url": "x"}

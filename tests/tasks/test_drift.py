import dataclasses
import json
from typing import Any

import pytest
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from jobs.catalog import CLEANUP_RUNS, GREET
from tasks.drift import cron_line, declared_parameters, drift, not_in_database
from tasks.seeding import seed

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded() -> PeriodicTask:
    PeriodicTask.objects.all().delete()
    seed()
    return PeriodicTask.objects.get(name="cleanup_runs")


def test_what_was_seeded_is_as_the_catalog_says(seeded: PeriodicTask) -> None:
    assert (drift(seeded), not_in_database()) == ([], [])


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"kwargs": '{"failed_days": 1}'}, "catalog says parameters"),
        ({"kwargs": "no JSON"}, "catalog says parameters"),
        ({"queue": "default"}, "catalog says queue bulk"),
        ({"priority": 9}, "catalog says priority 5"),
        ({"enabled": False}, "catalog says enabled"),
        ({"headers": '{"missed": "skip"}'}, "catalog says missed slots: latest"),
        ({"headers": "skip"}, "The headers of schedule cleanup_runs are no policy"),
        ({"task": "greet"}, "catalog says it runs cleanup_runs"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_what_people_have_edited_is_said(seeded: PeriodicTask, edit: dict[str, Any], expected: str) -> None:
    for name, value in edit.items():
        setattr(seeded, name, value)

    (sentence,) = drift(seeded)

    assert expected in sentence


def test_another_time_is_said_with_that_of_the_catalog(seeded: PeriodicTask) -> None:
    seeded.crontab = CrontabSchedule(minute="0", hour="4", timezone="UTC")

    assert drift(seeded) == [f"catalog says {CLEANUP_RUNS.schedule}"]


def test_another_zone_is_said(seeded: PeriodicTask) -> None:
    seeded.crontab.timezone = "Asia/Kolkata"

    assert drift(seeded) == ["catalog says zone UTC"]


def test_an_interval_in_place_of_a_cron_line_is_said(seeded: PeriodicTask) -> None:
    seeded.crontab, seeded.interval = None, IntervalSchedule(every=1, period="days")

    assert drift(seeded) == [f"catalog says {CLEANUP_RUNS.schedule}"]


def test_a_job_that_is_gone_is_said(seeded: PeriodicTask) -> None:
    seeded.task = "cleanup_run"

    assert drift(seeded) == ["cleanup_run is not in the catalog any more; did you mean 'cleanup_runs'?"]


def test_a_job_that_is_not_scheduled_any_more_is_said() -> None:
    assert drift(PeriodicTask(name="greet", task="greet")) == ["catalog has no schedule for it"]


def test_a_schedule_of_peoples_own_is_no_drift() -> None:
    own = {"name": "morning greeting", "task": "greet", "kwargs": '{"name": "Ada"}'}

    assert drift(PeriodicTask(**own)) == drift(PeriodicTask(**own, headers='{"missed": "skip"}')) == []


def test_a_policy_that_cannot_be_read_is_said_of_any_schedule() -> None:
    (sentence,) = drift(PeriodicTask(name="morning greeting", task="greet", headers="skip"))

    assert "are no policy" in sentence


def test_a_schedule_that_somebody_deleted_is_found(seeded: PeriodicTask) -> None:
    seeded.delete()

    assert not_in_database() == [CLEANUP_RUNS]


def test_a_cron_line_has_its_five_fields_in_order(seeded: PeriodicTask) -> None:
    assert cron_line(seeded) == CLEANUP_RUNS.schedule
    assert cron_line(PeriodicTask()) == ""


def test_parameters_are_those_of_the_schedule_and_no_defaults() -> None:
    job = dataclasses.replace(GREET, schedule_parameters={"name": "Ada"})

    assert declared_parameters(job) == {"name": "Ada"}

"""Who says when a job runs by the clock, and who with what."""

import json

import pytest
from django.test import Client
from django_celery_beat.models import PeriodicTask

from tests.console.conftest import signed_in
from tests.console.makings import a_form
from tests.jobs.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_schedules")]


@pytest.fixture
def as_planner() -> Client:
    return signed_in(person("edit_schedules"))


def test_when_it_runs_is_said_by_who_may_not_run_it(as_planner: Client, schedule: PeriodicTask) -> None:
    answer = as_planner.post(f"/schedules/{schedule.pk}/revision/", a_form(schedule, **{"when-minute": "31"}))

    assert answer.status_code == 302


def test_what_it_is_run_with_is_not(as_planner: Client, schedule: PeriodicTask) -> None:
    answer = as_planner.post(f"/schedules/{schedule.pk}/revision/", a_form(schedule, name="Eve"))

    assert (answer.status_code, "You may not run greet" in answer.content.decode()) == (422, True)
    schedule.refresh_from_db()
    assert json.loads(schedule.kwargs) == {"name": "Ada"}


def test_nor_does_somebody_schedule_what_they_may_not_run(as_planner: Client) -> None:
    answer = as_planner.post("/schedules/creation/", a_form(**{"form-name": "mine"}))

    assert (answer.status_code, "You may not run greet" in answer.content.decode()) == (422, True)


def test_nobody_schedules_what_a_second_person_has_to_approve(as_operator: Client) -> None:
    form = {name: text for name, text in a_form().items() if name not in ("name", "times")}
    sent = {**form, "form-job": "migrate_data", "form-name": "mine", "name": "merge_categories"}

    own = {"old": "Tea", "new": "Teas", "batch_size": "5"}
    answer = as_operator.post("/schedules/creation/", {**sent, **own})

    assert "approval of a second person, whom a schedule" in answer.content.decode()
    assert not PeriodicTask.objects.exists()

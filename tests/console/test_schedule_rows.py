"""The list of schedules, as people see it and as it lives."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django_celery_beat.models import PeriodicTask

from console.live.kinds import KINDS
from console.schedule_rows import schedules_of
from jobs.catalog import GREET
from jobs.models.slot import Outcome, Slot
from jobs.models.state import State
from tests.console.conftest import MakeRun, page
from tests.console.makings import NIGHT
from tests.tasks.scheduled import by_cron

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_schedules")]


def test_the_list_says_when_in_words_and_zone(as_reader: Client, schedule: PeriodicTask) -> None:
    text = page(as_reader, "/schedules/")

    for part in ("morning", "At 03:30", "30 3 * * *", "Europe/Berlin", "greet", "No slot yet"):
        assert part in text


def test_the_list_shows_what_became_of_the_slots(
    as_reader: Client, schedule: PeriodicTask, make_run: MakeRun
) -> None:
    run = make_run(State.FAILED, job="greet")
    Slot.objects.create(
        schedule="morning", planned_for=NIGHT, outcome=Outcome.MISSED, reason="Nobody was there"
    )
    Slot.objects.create(
        schedule="morning", planned_for=NIGHT + timedelta(days=1), outcome=Outcome.RAN, run=run
    )

    text = page(as_reader, "/schedules/")

    assert "Of the last 2: 1 ran, 1 missed" in text
    assert 'title="Fri 20 Nov, 04:30 CET: Missed. Nobody was there"' in text
    assert f'href="/runs/{run.pk}/" title="Sat 21 Nov, 04:30 CET: Ran"' in text
    assert "Failed" in text


def test_the_list_costs_the_same_however_many_there_are(
    as_operator: Client, make_run: MakeRun, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        name = f"number {number}"
        by_cron("30 3 * * *", name=name, task="greet")
        Slot.objects.create(schedule=name, planned_for=NIGHT, outcome=Outcome.RAN, run=make_run(job="greet"))

    with django_assert_max_num_queries(10):
        page(as_operator, "/schedules/")


def test_an_empty_list_teaches_the_first_step(as_operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing is scheduled yet" in page(as_operator, "/schedules/")


def test_without_a_beat_the_list_says_so(as_reader: Client) -> None:
    assert "No beat was heard from" in page(as_reader, "/schedules/")


def test_the_list_is_told_to_open_pages(schedule: PeriodicTask, make_run: MakeRun) -> None:
    before = KINDS["schedules"](["all"])["all"]
    assert before == replace(KINDS["schedules"](["all"])["all"], render=before.render)

    Slot.objects.create(
        schedule="morning", planned_for=NIGHT, outcome=Outcome.RAN, run=make_run(State.SUCCEEDED)
    )

    after = KINDS["schedules"](["all"])["all"]
    assert after.fingerprint != before.fingerprint
    assert "1 ran" in after.render()["schedules"]
    assert "<form" not in "".join(after.render().values())


def test_however_many_look_the_list_is_read_by_the_same_questions(
    schedule: PeriodicTask, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(4):
        KINDS["schedules"](["all", "other"])["all"].render()


def test_the_schedules_of_a_job_are_lines_for_its_page(schedule: PeriodicTask, as_operator: Client) -> None:
    by_cron("0 1 * * *", name="other")
    rows = schedules_of("greet")

    text = render_to_string("console/schedule_lines.html", {"rows": rows, "job": GREET, "may_edit": True})

    assert [row.entry.name for row in rows] == ["morning"]
    assert f"/schedules/{schedule.pk}/" in text
    assert "/schedules/new/?job=greet" in text


def test_a_job_without_a_schedule_says_so(db: None) -> None:
    text = render_to_string("console/schedule_lines.html", {"rows": schedules_of("greet"), "job": GREET})

    assert "Not scheduled" in text
    assert "New schedule" not in text

"""The page of a schedule."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, IntervalSchedule, PeriodicTask

from jobs.models import Run
from jobs.models.slot import Outcome, Slot
from tests.console.conftest import page
from tests.console.makings import NIGHT
from tests.tasks.scheduled import by_cron, by_interval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_schedules")]


@pytest.mark.parametrize("kind", ["interval", "clocked"])
def test_what_has_no_cron_line_is_shown_switched_and_run(as_operator: Client, kind: str) -> None:
    later = timezone.now() + timedelta(days=2)
    when: dict[str, Any] = {"interval": lambda: IntervalSchedule.objects.create(every=10, period="minutes")}
    when["clocked"] = lambda: ClockedSchedule.objects.create(clocked_time=later)
    facts = {kind: when[kind](), "one_off": kind == "clocked"}
    made = PeriodicTask.objects.create(name="other", task="greet", kwargs='{"name": "Ada"}', **facts)

    text = page(as_operator, f"/schedules/{made.pk}/")
    as_operator.post(f"/schedules/{made.pk}/runs/")
    as_operator.post(f"/schedules/{made.pk}/switch/", {"enabled": "0"})

    assert "It has no cron line" in text
    assert "Save" not in text
    assert (Run.objects.count(), PeriodicTask.objects.get().enabled) == (1, False)


def test_one_whose_job_is_gone_is_shown_and_deleted(as_operator: Client) -> None:
    made = by_cron("0 1 * * *", task="gone_job", kwargs={"a": 1})

    assert "gone_job is not in the catalog any more" in page(as_operator, f"/schedules/{made.pk}/").replace(
        "Gone", "gone"
    )
    as_operator.post(f"/schedules/{made.pk}/deletion/")

    assert not PeriodicTask.objects.exists()


def test_one_that_cannot_be_read_is_shown_with_what_is_wrong(as_operator: Client) -> None:
    made = by_cron("61 1 * * *", task="greet", kwargs={"nme": "Ada"})
    PeriodicTask.objects.update(headers="no policy")

    text = page(as_operator, f"/schedules/{made.pk}/")

    assert "is no minute" in text
    assert "are no policy" in text
    assert page(as_operator, "/schedules/")


def test_an_interval_past_all_calendars_is_shown_with_what_is_wrong(as_operator: Client) -> None:
    made = by_interval(2_147_483_647, "days", task="greet", kwargs={"name": "Ada"})

    text = page(as_operator, f"/schedules/{made.pk}/")

    assert "It cannot be read" in text
    assert "Its times cannot be read." in text


def test_markup_in_names_and_reasons_is_text(as_operator: Client) -> None:
    made = by_cron("0 1 * * *", name="<b>x</b>", task="greet", kwargs={"name": "<script>"}, description="<i>")
    Slot.objects.create(
        schedule="<b>x</b>", planned_for=NIGHT, outcome=Outcome.MISSED, reason='"><script>alert(1)'
    )

    text = page(as_operator, f"/schedules/{made.pk}/") + page(as_operator, "/schedules/")

    for raw in ("<b>x", "<script>alert", "<script>&", "<i>"):
        assert raw not in text


def test_a_reader_sees_all_and_no_button(as_reader: Client, schedule: PeriodicTask) -> None:
    text = page(as_reader, f"/schedules/{schedule.pk}/")

    assert "At 03:30" in text
    assert "Ada" in text
    for word in ("Save", "Run now", "Delete", "Switch off"):
        assert word not in text


@pytest.mark.parametrize(
    "name", ["periodictask", *(f"{kind}schedule" for kind in ("crontab", "interval", "solar", "clocked"))]
)
def test_nobody_edits_a_schedule_as_free_text(admin_client: Client, name: str) -> None:
    assert admin_client.get(f"/admin/django_celery_beat/{name}/").status_code == 404
    assert admin_client.get(f"/admin/django_celery_beat/{name}/add/").status_code == 404

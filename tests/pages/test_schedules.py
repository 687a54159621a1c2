"""A schedule is edited and run in a browser."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from playwright.sync_api import Page, expect

from jobs.models import Run
from jobs.models.slot import Outcome, Slot
from tasks.slots import slots
from tests.pages.conftest import OpenPage
from tests.tasks.scheduled import by_cron


@pytest.fixture
def schedule(transactional_db: None) -> PeriodicTask:
    PeriodicTask.objects.all().delete()
    return by_cron("30 3 * * *", zone="Europe/Berlin", task="greet", kwargs={"name": "Ada"})


def test_the_next_times_change_as_one_types_and_are_those_of_beat(page: Page, schedule: PeriodicTask) -> None:
    page.goto(f"/schedules/{schedule.pk}/")
    times = page.get_by_role("region", name="The next times")
    expect(times).to_contain_text("At 03:30 (Europe/Berlin)")

    page.get_by_label("Cron line").fill("15 4 * * 1-5")
    expect(page.get_by_label("Hour")).to_have_value("4")
    expect(times).to_contain_text("At 04:15, Monday through Friday (Europe/Berlin)")
    page.get_by_label("Minute").fill("75")
    expect(page.get_by_text("'75' is no minute")).to_be_visible()
    page.get_by_label("Minute").fill("45")
    expect(page.get_by_label("Cron line")).to_have_value("45 4 * * 1-5")
    page.get_by_label("Zone").fill("Asia/Kolkata")
    expect(times).to_contain_text("At 04:45, Monday through Friday (Asia/Kolkata)")
    expect(page.get_by_text("'75' is no minute")).to_be_hidden()
    page.get_by_label("Name").fill("Eve")
    first = times.locator("time").first.get_attribute("datetime")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("morning is saved.")).to_be_visible()
    saved, now = PeriodicTask.objects.get(), timezone.now()
    assert first == next(slots(saved, now, now + timedelta(days=7))).isoformat()
    assert json.loads(saved.kwargs) == {"name": "Eve"}


def test_without_a_script_check_shows_what_the_fields_mean(
    open_page: OpenPage, boss: User, schedule: PeriodicTask
) -> None:
    page = open_page(boss, java_script_enabled=False)
    page.goto(f"/schedules/{schedule.pk}/")

    page.get_by_label("Minute").fill("30")
    page.get_by_label("Hour").fill("2")
    page.get_by_label("Weekday").fill("7")
    page.get_by_role("button", name="Check").click()

    expect(
        page.get_by_text("02:30 does not exist on").or_(page.get_by_text("02:30 comes twice on")).first
    ).to_be_visible()
    expect(page.get_by_label("Cron line")).to_have_value("30 2 * * 7")
    assert PeriodicTask.objects.get().crontab.minute == "30"
    assert PeriodicTask.objects.get().crontab.hour == "3"


def test_the_missed_one_is_run(page: Page, schedule: PeriodicTask) -> None:
    night = timezone.now().replace(microsecond=0) - timedelta(hours=9)
    slot = Slot.objects.create(
        schedule="morning", planned_for=night, outcome=Outcome.MISSED, reason="Nobody was there"
    )
    page.goto(f"/schedules/{schedule.pk}/")

    page.get_by_role("button", name="Run it now").click()

    run = Run.objects.get()
    expect(page).to_have_url(f"{page.url.partition('/runs/')[0]}/runs/{run.pk}/")
    slot.refresh_from_db()
    assert (slot.run, slot.outcome) == (run, Outcome.LATE)


def test_the_list_shows_a_slot_as_it_is_kept(page: Page, schedule: PeriodicTask) -> None:
    page.goto("/schedules/")
    expect(page.get_by_text("none yet")).to_be_visible()

    Slot.objects.create(
        schedule="morning", planned_for=timezone.now(), outcome=Outcome.SKIPPED, reason="It was active"
    )

    expect(page.get_by_text("Of the last 1: 1 skipped")).to_be_attached()
    expect(page.get_by_text("none yet")).to_be_hidden()

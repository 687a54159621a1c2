"""`manage.py schedules`"""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django_celery_beat.models import PeriodicTask

from jobs.models.run import Run
from jobs.models.slot import Outcome, Slot
from tasks.management.commands.schedules import Command
from tasks.seeding import seed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """With one of them, however many the catalog has."""
    PeriodicTask.objects.all().delete()
    seed()
    PeriodicTask.objects.exclude(name="cleanup_runs").delete()


def test_the_table_has_a_row_for_each_schedule() -> None:
    printed = schedules()

    for word in ("cleanup_runs", "At 03:30", "30 3 * * * UTC", "03:30:00+00:00", "latest"):
        assert word in printed


def test_the_table_says_what_was_changed() -> None:
    PeriodicTask.objects.update(enabled=False, priority=9)
    PeriodicTask.objects.create(name="old", task="long_gone", crontab=PeriodicTask.objects.get().crontab)

    printed = schedules()

    assert "(disabled)" in printed
    assert "catalog says priority 5" in printed
    assert "runs long_gone" in printed
    assert "long_gone is not in the catalog any more" in printed


def test_names_are_shown_as_they_are() -> None:
    PeriodicTask.objects.update(name="[bold]morning[/bold]")

    assert "[bold]morning[/bold]" in schedules()


def test_json_is_one_object() -> None:
    listed = json.loads(schedules(json=True))["schedules"]

    entry = next(each for each in listed if each["name"] == "cleanup_runs")
    assert (entry["name"], entry["line"], entry["zone"]) == ("cleanup_runs", "30 3 * * *", "UTC")
    assert (entry["enabled"], entry["last_slot"], entry["drift"]) == (True, None, [])
    assert datetime.fromisoformat(entry["next_slot"]).strftime("%H:%M") == "03:30"


def test_the_slots_of_one_schedule_are_listed() -> None:
    run = Run.objects.create(job="cleanup_runs")
    Slot.objects.create(
        schedule="cleanup_runs",
        planned_for=datetime(2026, 3, 1, 3, 30, tzinfo=UTC),
        outcome=Outcome.LATE,
        run=run,
        reason="Missed, and made up for",
    )

    printed = schedules(slots="cleanup_runs")

    for word in ("2026-03-01 03:30:00+00:00", "late", str(run.pk), "Missed, and made up for"):
        assert word in printed


def test_the_slots_of_one_schedule_as_json() -> None:
    Slot.objects.take(
        "cleanup_runs", datetime(2026, 3, 1, 3, 30, tzinfo=UTC), Outcome.MISSED, "Nobody was there"
    )

    (slot,) = json.loads(schedules(slots="cleanup_runs", json=True))["slots"]

    assert (slot["planned_for"], slot["outcome"]) == ("2026-03-01T03:30:00+00:00", "missed")
    assert (slot["run"], slot["reason"]) == ("", "Nobody was there")


def test_a_schedule_that_is_not_there_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="did you mean 'cleanup_runs'") as raised:
        schedules(slots="cleanup_run")

    assert raised.value.returncode == 2


def test_each_option_is_explained() -> None:
    printed = " ".join(Command().create_parser("manage.py", "schedules").format_help().split())

    for word in ("--slots NAME", "latest slots of that schedule", "--json", "one JSON object", "--limit N"):
        assert word in printed


def schedules(**options: Any) -> str:
    out = StringIO()
    call_command("schedules", stdout=out, **options)
    return out.getvalue()

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, PeriodicTask, SolarSchedule

from tasks.exported import Exported, exported, one_line, spans
from tasks.seeding import seed
from tests.tasks.scheduled import by_cron, by_interval, from_database, scheduled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _none() -> None:
    PeriodicTask.objects.all().delete()


def only() -> Exported:
    """That of the schedule `morning`."""
    return next(each for each in exported() if each.name == "morning")


def test_what_the_catalog_seeds_is_exported_with_its_command_and_its_times() -> None:
    seed()

    found = next(each for each in exported() if each.name == "cleanup_runs")

    assert (found.name, found.file, found.enabled) == ("cleanup_runs", "cleanup_runs", True)
    assert found.words == ["cleanup_runs", "--no-input"]
    assert found.times is not None
    assert (found.times["hour"], found.times["minute"], found.zone) == ({3}, {30}, "UTC")
    assert (found.makes_up, found.why_not, found.notes) == (True, "", [])


def test_parameters_become_options_whether_they_are_named_or_not() -> None:
    by_cron("0 1 * * *", kwargs={"failed_days": 7, "dry_run": True})

    assert only().words == ["cleanup_runs", "--no-input", "--failed-days=7", "--dry-run"]


def test_parameters_by_position_are_read_too() -> None:
    by_cron("0 1 * * *", task="greet", args='["Ada", 2]')

    assert only().words == ["greet", "--no-input", "Ada", "--times=2"]


def test_an_interval_has_a_length_and_no_times() -> None:
    by_interval(90)

    assert (only().every, only().times) == (timedelta(minutes=90), None)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"task": "cleanup_run"}, "is not in the catalog any more; did you mean 'cleanup_runs'?"),
        ({"kwargs": {"days": 3}}, "'days' is no parameter of cleanup_runs"),
        ({"one_off": True}, "due once"),
        ({"headers": "skip"}, "are no policy"),
    ],
)
def test_what_cannot_be_exported_says_why(facts: dict[str, Any], sentence: str) -> None:
    by_cron("0 1 * * *", **facts)

    assert sentence in only().why_not


def test_a_line_that_celery_cannot_read_says_so() -> None:
    by_cron("0 25 * * *")

    assert "25" in only().why_not


def test_an_interval_past_all_calendars_says_so() -> None:
    by_interval(2_147_483_647, "days")

    assert "magnitude" in only().why_not


def test_a_moment_and_the_sun_are_left_to_beat() -> None:
    moment = ClockedSchedule.objects.create(clocked_time=datetime(2030, 1, 1, tzinfo=UTC))
    scheduled("once", clocked=moment, one_off=True)
    sun = SolarSchedule.objects.create(event="sunset", latitude=52, longitude=13)
    scheduled("sunset", solar=sun)

    reasons = {each.name: each.why_not for each in exported()}

    assert "due once" in reasons["once"]
    assert "follows the sun" in reasons["sunset"]


def test_a_start_and_an_end_are_noted_where_they_are_not_kept() -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    by_cron("0 1 * * *", start_time=tomorrow, expires=tomorrow)

    assert [note.partition(",")[0] for note in only().notes] == ["its start", "its end"]


def test_missed_slots_are_made_up_for_unless_the_policy_says_skip() -> None:
    by_cron("0 1 * * *", headers='{"missed": "skip"}')

    assert not only().makes_up


def test_a_schedule_that_is_not_in_the_database_says_so() -> None:
    found = next(each for each in exported() if each.name == "cleanup_runs")

    assert not found.enabled
    assert "manage.py migrate adds it" in found.why_not


def test_the_names_of_files_hold_no_more_than_files_may_and_are_told_apart() -> None:
    for name in ("../a b", "a%b", "a/b", "a b", "…"):
        by_cron("0 1 * * *", name=name)

    files = {each.name: each.file for each in from_database()}

    assert files["../a b"] == "a-b"
    assert files["…"] == "schedule"
    assert len(set(files.values())) == 5
    assert all(file.replace("-", "").isalnum() for file in files.values())


def test_numbers_are_put_together_where_they_have_no_gap() -> None:
    assert list(spans([7, 1, 3, 2])) == [(1, 3), (7, 7)]
    assert list(spans([])) == []


def test_a_text_becomes_one_line() -> None:
    assert one_line("a\nb\x1b[1m\u2028c ") == "a b [1m c"

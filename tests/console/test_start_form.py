"""Starting a job: now, as a preview, later; and keeping what is filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils import timezone

from console.start_form import StartForm
from jobs.catalog import CLEANUP_RUNS, GREET
from jobs.models import Run


def form(operator: User, job: Any = GREET, **values: str) -> StartForm:
    data = QueryDict(mutable=True)
    data.update({"name": "World", **values} if job is GREET else values)
    return StartForm(job, data, user=operator)


def test_later_is_a_time_in_the_zone_of_the_service(operator: User, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Vienna"

    with timezone.override("Europe/Vienna"):
        run = form(operator, **{"start-later": "true", "start-at": "2099-12-01T02:00"}).start()

    assert run
    assert run.not_before == datetime(2099, 12, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("at", ["", "soon", "2026-02-30T01:00"])
def test_later_without_a_time_starts_nothing(operator: User, at: str) -> None:
    later = form(operator, **{"start-later": "true", "start-at": at})

    assert later.start() is None
    assert later.errors["start-at"] == ["Say when: a date and a time, such as 2026-12-01 02:00"]
    assert not Run.objects.exists()


def test_a_time_that_has_passed_starts_nothing(operator: User) -> None:
    passed = (timezone.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    later = form(operator, **{"start-later": "true", "start-at": passed})

    assert later.start() is None
    assert later.errors["start-at"] == ["That time has passed; choose one to come, or run it now"]


def test_later_is_for_real_where_there_is_a_preview(operator: User) -> None:
    run = form(operator, CLEANUP_RUNS, **{"start-later": "true", "start-at": "2099-12-01T02:00"}).start()

    assert run
    assert run.parameters["dry_run"] is False


@pytest.mark.parametrize("field", ["start-at", "preset-name"])
def test_enter_in_a_field_of_another_button_starts_nothing(operator: User, field: str) -> None:
    pressed = form(operator, **{field: "2099-12-01T02:00"})

    assert pressed.start() is None
    assert "Press “" in pressed.errors[field][0]
    assert not Run.objects.exists()


def test_a_preview_may_come_before_the_time_that_is_filled_in(operator: User) -> None:
    run = form(operator, CLEANUP_RUNS, **{"dry_run": "true", "start-at": "2099-12-01T02:00"}).start()

    assert run
    assert run.parameters["dry_run"] is True
    assert run.not_before < timezone.now() + timedelta(minutes=1)


def test_what_is_wrong_stands_at_the_head_with_links_to_the_fields(operator: User) -> None:
    wrong = form(operator, times="0", nme="x")
    wrong.start()

    assert [(each.anchor, each.label) for each in wrong.problems] == [("id_times", "Times"), ("", "")]
    assert wrong.headline == "Nothing was started."

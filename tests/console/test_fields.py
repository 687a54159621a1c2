"""How each kind of parameter is shown."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from console.fields import ROWS_SHOWN, duration_text
from console.forms import JobForm
from tests.console.every_kind import JOB


def test_a_previewable_job_has_no_checkbox_for_it(db: None) -> None:
    assert "dry_run" not in JobForm(JOB).fields


def test_bounds_and_defaults_are_in_the_form(db: None) -> None:
    html = str(JobForm(JOB)["whole"])

    assert 'min="1"' in html
    assert 'max="10"' in html
    assert 'value="5"' in html


def test_the_zone_of_a_moment_is_said(db: None) -> None:
    assert "In the zone UTC." in JobForm(JOB)["at"].help_text


def test_too_many_rows_for_a_list_are_asked_for_by_key(operator: User) -> None:
    User.objects.bulk_create(User(username=f"user-{number}") for number in range(ROWS_SHOWN))

    assert "<select" not in str(JobForm(JOB)["owner"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(days=30), "30d"), (timedelta(weeks=2), "2w"), (timedelta(hours=36), "36h"),
        (timedelta(minutes=15), "15m"), (timedelta(seconds=1.5), "1.5s"), (timedelta(0), "0s"),
    ],
)  # fmt: skip
def test_a_duration_is_shown_in_its_biggest_unit(value: timedelta, text: str) -> None:
    assert duration_text(value) == text

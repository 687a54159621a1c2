"""How each kind of parameter is shown."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import pytest
from annotated_types import Gt, Lt
from django.contrib.auth.models import User

from console.fields import field_of
from console.forms import JobForm
from console.texts import duration_text
from jobs.accepts import Accepts
from jobs.parameters import Parameters
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


def test_bounds_are_said_in_words(db: None) -> None:
    assert "At least 1, at most 10. Default: 5." in JobForm(JOB)["whole"].help_text
    assert FIELDS["many"].help_text == "One a line. Each more than 0, less than 9."


def test_few_choices_are_all_shown_and_many_are_a_list() -> None:
    assert FIELDS["few"].widget.input_type == "radio"
    assert FIELDS["lots"].widget.input_type == "select"
    assert FIELDS["some"].widget.input_type == "checkbox"


def test_a_file_says_what_is_taken() -> None:
    field = FIELDS["path"]

    assert field.help_text == "It takes .csv or .json, at most 1.0 MB."
    assert field.widget.attrs["accept"] == ".csv,.json"
    assert field.widget.attrs["data-at-most"] == 1_000_000


def test_a_row_is_searched_for_and_not_listed(operator: User) -> None:
    html = str(JobForm(JOB)["owner"])

    assert 'data-rows="/jobs/everything/rows/owner/"' in html
    assert "operator" not in html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(days=30), "30d"), (timedelta(weeks=2), "2w"), (timedelta(hours=36), "36h"),
        (timedelta(minutes=15), "15m"), (timedelta(seconds=1.5), "1.5s"), (timedelta(0), "0s"),
        (timedelta(microseconds=1), "0.000001s"), (timedelta(days=9, microseconds=1), "777600.000001s"),
    ],
)  # fmt: skip
def test_a_duration_is_shown_in_its_biggest_unit(value: timedelta, text: str) -> None:
    assert duration_text(value) == text


def of_choices(
    path: Annotated[Path, Accepts(suffixes=(".csv", ".json"), at_most=1_000_000)],
    few: Literal["a", "b"] = "a",
    lots: Literal[1, 2, 3, 4, 5, 6] = 1,
    some: list[Literal["a", "b"]] = [],  # noqa: B006
    many: Annotated[list[int], Gt(0), Lt(9)] = [],  # noqa: B006
) -> None:
    """Take choices."""


FIELDS = {item.name: field_of(item, "of_choices") for item in Parameters(of_choices).items}

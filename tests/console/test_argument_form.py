"""The parameters of a schedule, as its form begins with them."""

from typing import Any

import pytest

from console.argument_form import ArgumentForm
from tests.console.every_kind import JOB


@pytest.mark.parametrize(
    ("name", "given", "shown"),
    [
        ("keep", "PT2H", 'value="2h"'),
        ("keep", "soon", 'value="soon"'),
        ("words", ["a", "b"], ">\na\nb</textarea>"),
        ("words", 5, ">\n5</textarea>"),
        ("colours", {"red": 1}, "blue"),
        ("limit", None, '<input type="number" name="limit" step="1"'),
    ],
)
def test_each_value_stands_there_as_its_input_takes_it_or_as_it_is_written(
    name: str, given: Any, shown: str
) -> None:
    """Whatever else the schedule names or lacks: here all that the job requires is missing."""
    assert shown in str(ArgumentForm(JOB, {name: given})[name])


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in ArgumentForm(JOB, {"key": "hush"}).as_div()

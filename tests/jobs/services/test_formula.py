"""What a spreadsheet would calculate."""

import pytest

from jobs.services.formula import SIGNS, harmless


@pytest.mark.parametrize("sign", SIGNS)
def test_what_begins_like_a_formula_stands_behind_an_apostrophe(sign: str) -> None:
    assert harmless(f"{sign}1") == f"'{sign}1"


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "'=1", " =1"])
def test_what_does_not_is_left_alone(text: str) -> None:
    assert harmless(text) == text

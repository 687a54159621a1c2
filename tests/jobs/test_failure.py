"""What an error says of itself."""

import pytest

from jobs.exceptions import WrongInput
from jobs.failure import error_sentence, qualified_name


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (WrongInput("The file is empty"), "The file is empty"),
        (KeyError(), "KeyError"),
        (ValueError("a\x00b \ud800"), "a\\x00b \\ud800"),
    ],
)
def test_an_error_has_a_sentence_that_can_be_stored(error: Exception, sentence: str) -> None:
    assert error_sentence(error) == sentence


def test_an_error_is_named_with_its_module() -> None:
    assert (qualified_name(OSError()), qualified_name(WrongInput())) == (
        "builtins.OSError",
        "jobs.exceptions.WrongInput",
    )

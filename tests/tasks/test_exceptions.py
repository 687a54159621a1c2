"""Each refusal names the job and what was asked of it, and says what to do."""

import pytest

from jobs.exceptions import NightshiftError
from tasks.exceptions import CanvasRefused, OptionRefused


@pytest.mark.parametrize("refusal", [CanvasRefused("greet", "link"), OptionRefused("greet", "link")])
def test_a_refusal_carries_its_facts(refusal: CanvasRefused | OptionRefused) -> None:
    assert isinstance(refusal, NightshiftError)
    assert (refusal.job, refusal.option) == ("greet", "link")


def test_a_refused_chain_is_pointed_to_parent_runs() -> None:
    assert str(CanvasRefused("greet", "chain")).startswith("greet takes no 'chain': ")
    assert "parent run" in str(CanvasRefused("greet", "chain"))


def test_a_refused_option_is_pointed_to_the_catalog() -> None:
    sentence = str(OptionRefused("greet", "expires"))

    assert sentence == "greet takes no 'expires' at the call: its Job in jobs/catalog.py decides that"

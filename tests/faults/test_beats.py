"""Two beats at once, killed, stopped and cut off at random: each slot has its run, and one only."""

from pathlib import Path

import pytest

from tests.faults.beats import two_beats
from tests.faults.conftest import FULL

SECONDS, SLOTS = (600, 200) if FULL else (8, 24)


@pytest.mark.usefixtures("transactional_db")
def test_two_beats_that_are_killed_keep_each_slot_once(environment: dict[str, str], nodes: Path) -> None:
    counts = two_beats(SECONDS, SLOTS, seed=1, environment=environment, directory=nodes)

    assert (counts.planned, counts.fired, counts.missing, counts.doubled) == (SLOTS, SLOTS, 0, 0)
    assert counts.kills > 0

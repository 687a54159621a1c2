"""Beats that are killed, stopped and cut off: each slot has its run, and one only."""

from pathlib import Path

import pytest

from tests.faults.beats import one_beat_and_its_successor, two_beats
from tests.faults.conftest import FULL
from tests.faults.fleet import Count
from tests.faults.report import Report

ROUNDS = 16 if FULL else 1
SECONDS, SLOTS = (600, 200) if FULL else (8, 24)


@pytest.mark.usefixtures("transactional_db")
def test_a_beat_that_dies_has_a_successor(environment: dict[str, str], nodes: Path, report: Report) -> None:
    total = Count()
    for _ in range(ROUNDS):
        counts = one_beat_and_its_successor(environment=environment, directory=nodes)
        total.runs += counts.planned
        total.effects += counts.fired
        total.lost += counts.missing
        total.doubled += counts.doubled

    report.add(
        "beat dies after insert, before commit", ROUNDS, total, "effects are slots that have their run"
    )
    assert (total.effects, total.is_clean) == (total.runs, True)


@pytest.mark.usefixtures("transactional_db")
def test_two_beats_that_are_killed_keep_each_slot_once(
    environment: dict[str, str], nodes: Path, report: Report
) -> None:
    counts = two_beats(SECONDS, SLOTS, seed=1, environment=environment, directory=nodes)

    slots = Count(runs=counts.planned, effects=counts.fired, lost=counts.missing, doubled=counts.doubled)
    report.add(
        "two beats, killed and cut off at random",
        counts.kills + counts.cuts,
        slots,
        f"{SECONDS} s; effects are slots",
    )
    assert (counts.planned, counts.fired, counts.missing, counts.doubled) == (SLOTS, SLOTS, 0, 0)
    assert counts.kills > 0

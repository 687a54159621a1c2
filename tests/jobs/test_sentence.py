"""A sentence with facts in it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from jobs.sentence import Sentence

RUN = UUID("01a1fcbb-05a1-72fd-ba59-39678de7fcff")


def test_a_terminal_writes_the_facts_out() -> None:
    facts = {"at": datetime(2026, 3, 1, 12, tzinfo=UTC), "took": timedelta(seconds=90), "run": RUN, "n": 1200}

    assert str(Sentence("{at} {took} {run} {n}", facts)) == f"2026-03-01 12:00:00 90 s {RUN} 1,200"


def test_slots_in_a_fact_stay_as_they_are() -> None:
    assert str(Sentence("It ended with: {error}", {"error": "{at} {0}"})) == "It ended with: {at} {0}"


def test_who_shows_it_says_how_a_fact_looks() -> None:
    assert Sentence("{run}", {"run": RUN}).shown(lambda fact: type(fact).__name__) == {"run": "UUID"}

"""Values in words."""

from datetime import timedelta

import pytest
from django.conf import settings

from console.presentation import Shown, announcement, duration_words, look_of, shown, since_words
from jobs.models import Run
from jobs.models.state import State
from jobs.secret import MARK, MASK


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (9.5, "9.5 s"),
        (59, "59 s"),
        (200, "3 min 20 s"),
        (3_600, "1 h"),
        (7_500, "2 h 5 min"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float, words: str) -> None:
    assert duration_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1, "0 s"), (5.4, "5 s"), (59.9, "59 s"), (60, "1 min"), (200.5, "3 min 20 s")]
)
def test_what_still_runs_is_told_in_whole_seconds_as_it_ticks(seconds: float, words: str) -> None:
    assert since_words(timedelta(seconds=seconds)) == words


def test_numbers_have_separators() -> None:
    assert shown(1_234_567) == Shown(text="1,234,567", is_number=True)


def test_a_nested_result_is_a_table_in_a_table() -> None:
    value = shown({"by_reason": {"no SKU": 2}})

    assert value.named[0][0] == "by reason"
    assert value.named[0][1].named == (("no SKU", Shown(text="2", is_number=True)),)


def test_a_long_list_says_how_much_is_left_out() -> None:
    assert shown(list(range(250))).left_out == 150


def test_endless_nesting_ends() -> None:
    value: object = 1
    for _ in range(500):
        value = [value]

    assert "…" in repr(shown(value))


def test_a_secret_is_masked_at_every_depth() -> None:
    value = shown({"keys": [{MARK: "gAAAA"}]})

    assert value.named[0][1].items == (Shown(text=MASK),)


def test_an_upload_is_shown_by_its_name() -> None:
    assert shown(f"{settings.UPLOADS}/0a1b/prices.csv").text == "prices.csv"


def test_a_run_that_waits_for_its_next_attempt_says_so() -> None:
    assert look_of(Run(job="greet", state=State.QUEUED, failures=1)).word == "Waits for its next attempt"


def test_a_run_that_waits_for_those_below_it_looks_so() -> None:
    assert look_of(Run(job="nightly", state=State.QUEUED, awaits="ends")).word == "Waits for its runs"
    assert look_of(Run(job="nightly", state=State.PAUSED, awaits="ends")).word == "Paused"


def test_a_share_is_announced_in_tens() -> None:
    assert announcement(Run(job="greet", state=State.RUNNING, done=47, total=100)) == "Running, 40 % done"

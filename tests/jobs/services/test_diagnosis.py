"""Levels, figures and sentences."""

from datetime import timedelta

import pytest

from jobs.exceptions import FailedWithResult
from jobs.services.diagnosis import (
    Diagnosis,
    Finding,
    Level,
    duration_words,
    failure,
    good,
    refuse_failures,
    sentence,
    warning,
    worst,
)


def diagnosis(**checks: Finding) -> Diagnosis:
    return Diagnosis(status=worst(checks.values()), checks=checks)


def test_the_worst_level_counts() -> None:
    assert worst([good("1"), failure("2", "Do it."), warning("3", "Do it.")]) is Level.FAIL
    assert worst([warning("3", "Do it."), good("1")]) is Level.WARN
    assert worst([]) is Level.OK


def test_what_failed_is_named_with_what_to_do_and_keeps_its_findings() -> None:
    found = diagnosis(disk=failure("full", "Free some."), clock=warning("off", "Set it."), broker=good("up"))

    with pytest.raises(FailedWithResult) as caught:
        refuse_failures(found)

    assert str(caught.value) == "1 of 3 checks failed: disk.\ndisk: Free some."
    assert caught.value.result is found


def test_a_warning_fails_nothing_and_is_named() -> None:
    found = diagnosis(disk=good("empty"), clock=warning("off", "Set it."))

    refuse_failures(found)

    assert sentence(found) == "None of 2 checks failed; look at clock"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(microseconds=350), "0.3 ms"),
        (timedelta(seconds=1.5), "1,500 ms"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(seconds=120), "2 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_a_length_of_time_has_the_biggest_unit_that_fits_twice(length: timedelta, words: str) -> None:
    assert duration_words(length) == words

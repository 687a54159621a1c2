"""Times as people write them."""

from datetime import UTC, datetime

import pytest

from jobs.times import read_duration, read_moment


def test_a_time_without_a_zone_is_in_the_service_s_own() -> None:
    assert read_moment("2026-12-01T02:00") == datetime(2026, 12, 1, 2, tzinfo=UTC)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="datetime"):
        read_moment("tomorrow")


@pytest.mark.parametrize("text", ["9999-12-31T23:59-08:00", "0001-01-01T00:00+05:00", "9999-12-31"])
def test_a_time_that_not_every_zone_can_show_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="between 0001-01-02 and 9999-12-30"):
        read_moment(text)


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("15m", 900), ("2h", 7200), ("1.5d", 129_600)])
def test_a_length_of_time_is_read_as_a_person_writes_it(text: str, seconds: int) -> None:
    assert read_duration(text).total_seconds() == seconds


@pytest.mark.parametrize(("text", "reason"), [("soon", "duration"), ("9999999999999d", "too long")])
def test_what_is_no_length_of_time_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_duration(text)

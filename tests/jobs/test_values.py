"""Values as people write them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs.values import (
    LONGEST,
    duration,
    length,
    moment,
    read_duration,
    read_moment,
    storable,
    tellable,
    whole_path,
)


@pytest.mark.parametrize(
    ("text", "sentence"), [("a\x00", "no NUL character"), ("\ud800", "text in UTF-8"), ("a\udcff", "UTF-8")]
)
def test_a_text_that_no_database_stores_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        storable(text)


def test_every_other_text_is_taken_as_it_is() -> None:
    assert storable("Größe 💡\n\x1b") == "Größe 💡\n\x1b"


@pytest.mark.parametrize(
    ("named", "path"),
    [("a.csv", Path.cwd() / "a.csv"), ("/a", Path("/a")), ("~", Path.home()), ("", ""), (None, None)],
)
def test_a_path_is_that_of_who_named_it(named: Any, path: Any) -> None:
    assert whole_path(named) == path


def test_the_home_of_nobody_is_no_path() -> None:
    with pytest.raises(ValueError, match="home of nobody"):
        whole_path("~nobody.at.all/a.csv")


@pytest.mark.parametrize("day", [date.min, date.max, datetime.min, datetime.max])
def test_the_ends_of_the_calendar_are_no_days(day: date) -> None:
    with pytest.raises(ValueError, match="of the years 2 to 9998"):
        tellable(day)


def test_a_time_without_a_zone_is_in_the_service_s_own() -> None:
    assert moment(datetime(2026, 12, 1, 2)) == datetime(2026, 12, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "read"),
    [("1.5h", timedelta(minutes=90)), (" 2 w ", timedelta(weeks=2)), ("soon", "soon"), (5, 5)],
)
def test_a_length_of_time_has_a_unit(text: Any, read: Any) -> None:
    assert duration(text) == read


@pytest.mark.parametrize("text", ["999999999999d", "9" * 400])
def test_a_length_of_time_that_python_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at most 365000d"):
        duration(text)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_length_of_time_can_be_taken_off_today(sign: int) -> None:
    datetime.now(UTC) - length(sign * LONGEST)

    with pytest.raises(ValueError, match="at most 365000d"):
        length(sign * (LONGEST + timedelta(seconds=1)))


@pytest.mark.parametrize("text", ["9999-12-31T23:59-08:00", "0001-01-01T00:00+05:00", "9999-12-31"])
def test_a_time_that_not_every_zone_can_show_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="years 2 to 9998"):
        read_moment(text)


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("15m", 900), ("2h", 7200), ("1.5d", 129_600)])
def test_a_length_of_time_is_read_as_a_person_writes_it(text: str, seconds: int) -> None:
    assert read_duration(text).total_seconds() == seconds


@pytest.mark.parametrize(("text", "reason"), [("soon", "duration"), ("9999999999999d", "at most 365000d")])
def test_what_is_no_length_of_time_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_duration(text)

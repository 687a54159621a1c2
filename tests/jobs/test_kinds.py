"""Annotations, and what they mean."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from jobs.exceptions import WrongDeclaration
from jobs.kinds import STDOUT, Kind, Output, read_annotation, read_duration, read_moment


def test_a_time_without_a_zone_is_in_the_service_s_own() -> None:
    assert read_moment("2026-12-01T02:00") == datetime(2026, 12, 1, 2, tzinfo=UTC)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="datetime"):
        read_moment("tomorrow")


@pytest.mark.parametrize("text", ["9999-12-31T23:59-08:00", "0001-01-01T00:00+05:00", "9999-12-31"])
def test_a_time_that_not_every_zone_can_show_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="between 0001-01-02 and 9999-12-30"):
        read_moment(text)


def test_an_optional_list_of_choices_keeps_its_choices() -> None:
    reading = read_annotation("job", "sizes", list[Literal["s", "m"]] | None)

    assert (reading.kind, reading.is_list, reading.is_optional) == (Kind.CHOICE, True, True)
    assert reading.choices == ("s", "m")


def test_a_list_holds_only_what_its_type_says() -> None:
    adapter = TypeAdapter(read_annotation("job", "sizes", list[int]).annotation)

    with pytest.raises(ValidationError):
        adapter.validate_python(["1", "x"])


def test_a_union_of_two_types_is_refused() -> None:
    with pytest.raises(WrongDeclaration, match="which no job can take"):
        read_annotation("job", "either", int | str)


def test_a_file_to_write_is_a_path_or_standard_output() -> None:
    reading = read_annotation("job", "output", Output | None)
    adapter = TypeAdapter(reading.annotation)

    read = [adapter.validate_python(each) for each in ("-", STDOUT, "./-", "", "/a/b")]

    assert (reading.kind, reading.is_optional) == (Kind.OUTPUT, True)
    assert read == [STDOUT, STDOUT, Path.cwd() / "-", None, Path("/a/b")]


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("15m", 900), ("2h", 7200), ("1.5d", 129_600)])
def test_a_length_of_time_is_read_as_a_person_writes_it(text: str, seconds: int) -> None:
    assert read_duration(text).total_seconds() == seconds


@pytest.mark.parametrize(("text", "reason"), [("soon", "duration"), ("9999999999999d", "too long")])
def test_what_is_no_length_of_time_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_duration(text)

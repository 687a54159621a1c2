"""Annotations, and what they mean."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from jobs.exceptions import WrongDeclaration
from jobs.kinds import STDOUT, Kind, Output, read_annotation


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

"""One reading of a signature for everybody."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
from annotated_types import Ge, Le
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from jobs.accepts import Accepts
from jobs.exceptions import WrongDeclaration, WrongParameters
from jobs.kinds import Kind
from jobs.parameters import Parameters
from jobs.secret import MARK
from tests.jobs.declared import Colour, do_everything

PARAMETERS = Parameters(do_everything)


def parsed(**raw: Any) -> dict[str, Any]:
    return PARAMETERS.parse({"text": "x", **raw})


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("whole", "7", 7),
        ("number", "2.5", 2.5),
        ("switch", "true", True),
        ("price", "3.49", Decimal("3.49")),
        ("day", "2026-11-21", date(2026, 11, 21)),
        ("moment", "2026-11-21T03:00", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("wait", "15m", timedelta(minutes=15)),
        ("wait", "7d", timedelta(days=7)),
        ("wait", "PT30S", timedelta(seconds=30)),
        ("wait", "1.5", timedelta(seconds=1.5)),
        ("path", "a.csv", Path.cwd() / "a.csv"),
        ("level", "high", "high"),
        ("size", "2", 2),
        ("colour", "blue", Colour.BLUE),
        ("tags", ["a", "b"], ["a", "b"]),
        ("sizes", ["1", "2"], [1, 2]),
        ("day", "", None),
    ],
)
def test_text_becomes_the_value_of_its_type(name: str, written: Any, value: Any) -> None:
    assert parsed(**{name: written})[name] == value


@pytest.mark.parametrize(
    ("name", "written", "sentence"),
    [
        ("whole", "11", "'whole' of do_everything: should be less than or equal to 10, not '11'"),
        ("whole", "x", "'whole' of do_everything: should be a valid integer"),
        ("number", "nan", "should be a finite number"),
        ("price", "1e400x", "'price' of do_everything"),
        ("price", "NaN", "should be a finite number"),
        ("level", "middle", "should be 'low' or 'high', not 'middle'"),
        ("colour", "green", "should be 'red' or 'blue'"),
        ("colour", "blu", "should be 'red' or 'blue', not 'blu'; did you mean 'blue'?"),
        ("text", "a\x00b", "should hold no NUL character"),
        ("txt", "x", "'txt' is no parameter of do_everything; did you mean 'text'?"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(name: str, written: str, sentence: str) -> None:
    with pytest.raises(WrongParameters) as caught:
        parsed(**{name: written})

    assert sentence in caught.value.errors[name]


def test_a_missing_parameter_is_named_with_its_help() -> None:
    with pytest.raises(WrongParameters, match="do_everything needs 'text' \\(some words\\)"):
        PARAMETERS.parse({})


def test_what_one_gives_by_position_is_bound_by_name() -> None:
    assert PARAMETERS.bind(("x", 3), {"number": 1}) == {"text": "x", "whole": 3, "number": 1}


def test_giving_a_parameter_twice_is_refused() -> None:
    with pytest.raises(WrongParameters, match="'text' of do_everything was given twice"):
        PARAMETERS.bind(("x",), {"text": "y"})


def test_too_many_parameters_are_refused() -> None:
    with pytest.raises(WrongParameters, match="takes 16 parameters, not 20"):
        PARAMETERS.bind(tuple(range(20)), {})


@pytest.mark.django_db
def test_a_row_is_found_by_key_and_by_name_and_stored_by_key() -> None:
    user = User.objects.create_user("ada")

    by_key, by_name = parsed(user=str(user.pk))["user"], parsed(user="ada")["user"]

    assert by_key == by_name == user
    assert PARAMETERS.dump({"text": "x", "user": user})["user"] == user.pk


@pytest.mark.django_db
def test_a_row_that_is_not_there_is_refused() -> None:
    with pytest.raises(WrongParameters, match=r"there is no user 'nobody'$"):
        parsed(user="nobody")


def test_a_secret_is_stored_sealed_and_read_again() -> None:
    stored = PARAMETERS.dump(parsed(password="hunter2"))

    assert "hunter2" not in str(stored)
    assert set(stored["password"]) == {MARK}
    assert PARAMETERS.parse(stored)["password"].get_secret_value() == "hunter2"


def test_a_secret_is_in_no_error() -> None:
    with pytest.raises(WrongParameters) as caught:
        parsed(password=["hunter2"])

    assert "hunter2" not in str(caught.value)


def test_progress_is_no_parameter() -> None:
    assert PARAMETERS.takes_progress
    assert "progress" not in PARAMETERS.by_name


def test_help_bounds_and_kinds_are_read_from_the_annotation() -> None:
    text, whole = PARAMETERS.by_name["text"], PARAMETERS.by_name["whole"]

    assert (text.help, text.kind, text.is_required) == ("some words", Kind.TEXT, True)
    assert (whole.minimum, whole.maximum, whole.default) == (1, 10, 1)


@given(
    st.fixed_dictionaries(
        {"text": st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))},
        optional={
            "whole": st.integers(1, 10),
            "number": st.floats(allow_nan=False, allow_infinity=False),
            "price": st.decimals(allow_nan=False, allow_infinity=False, places=2),
            "day": st.dates(date(2, 1, 1), date(9998, 12, 31)),
            "moment": st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),
            "wait": st.timedeltas(timedelta(0), timedelta(days=1000)),
            "tags": st.lists(st.text(st.characters(categories=["L"]))),
            "colour": st.sampled_from(Colour),
        },
    )
)
def test_what_is_stored_is_read_as_it_was(values: dict[str, Any]) -> None:
    once = PARAMETERS.parse(values)

    assert PARAMETERS.parse(PARAMETERS.dump(once)) == once


def test_a_parameter_without_a_type_cannot_be_declared() -> None:
    def untyped(name):
        """Do."""

    with pytest.raises(WrongDeclaration, match="'name' has no type"):
        Parameters(untyped)


def test_a_parameter_of_a_type_without_a_form_cannot_be_declared() -> None:
    def mapped(names: dict[str, int]) -> None:
        """Do."""

    with pytest.raises(WrongDeclaration, match="which no job can take") as caught:
        Parameters(mapped)
    assert "Use str, int" in caught.value.hint


def test_parameters_that_have_no_name_cannot_be_declared() -> None:
    def variadic(*names: str) -> None:
        """Do."""

    with pytest.raises(WrongDeclaration, match="cannot be filled by name"):
        Parameters(variadic)


def limited(most: Annotated[int | None, Ge(1)] = None, sizes: Annotated[list[int], Le(9)] = []) -> None:  # noqa: B006
    """Take bounded values."""


def test_a_bound_holds_for_a_value_that_may_be_left_out_and_for_each_of_a_list() -> None:
    parameters = Parameters(limited)

    assert parameters.parse({"most": "", "sizes": ["1", "9"]}) == {"most": None, "sizes": [1, 9]}
    with pytest.raises(WrongParameters, match="greater than or equal to 1"):
        parameters.parse({"most": "0"})
    with pytest.raises(WrongParameters, match="less than or equal to 9"):
        parameters.parse({"sizes": ["10"]})


def test_of_some_values_those_are_read_that_can_be() -> None:
    values, wrong = PARAMETERS.parse_some({"whole": "7", "day": "noon", "wole": 1, "wait": "15m"})

    assert values == {"whole": 7, "wait": timedelta(minutes=15)}
    assert set(wrong) == {"day", "wole"}
    assert "did you mean 'whole'?" in wrong["wole"]


def test_of_some_values_nothing_is_missing_and_bounds_hold() -> None:
    assert PARAMETERS.parse_some({}) == ({}, {})
    assert Parameters(takes_files).parse_some({"batch": "0"}) == (
        {},
        {"batch": "'batch' of takes_files: should be greater than or equal to 1, not '0'"},
    )


def takes_files(path: Annotated[Path, Accepts(suffixes=(".csv",))], batch: Annotated[int, Ge(1)] = 1) -> None:
    """Take little."""


def test_which_files_are_taken_stands_at_the_parameter() -> None:
    items = Parameters(takes_files).by_name

    assert items["path"].accepts == Accepts(suffixes=(".csv",))
    assert items["batch"].accepts == Accepts()

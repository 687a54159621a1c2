"""Parameters on a command line."""

from argparse import ArgumentParser
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from typing_extensions import Doc

from jobs.arguments import InsteadOfParameters, NotSayable, add_parameters, given, words
from jobs.parameters import Parameters
from jobs.services.exports import export_products
from jobs.services.greetings import greet
from jobs.services.products import import_products
from tests.jobs.declared import do_everything


def read(function: Any, *words: str) -> dict[str, Any]:
    parameters = Parameters(function)
    parser = ArgumentParser(exit_on_error=False)
    add_parameters(parser, parameters)
    return given(parameters, vars(parser.parse_args(words)))


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (("Bob",), {"name": "Bob"}),
        (("Bob", "3"), {"name": "Bob", "times": "3"}),
        (("Bob", "--times", "3"), {"name": "Bob", "times": "3"}),
    ],
)
def test_a_parameter_by_position_may_be_an_option_too(words: tuple[str, ...], values: dict[str, str]) -> None:
    assert read(greet, *words) == values


def test_what_is_required_behind_the_star_is_an_option() -> None:
    def ask(*, tags: list[str]) -> None: ...

    assert read(ask, "--tags", "a", "b") == {"tags": ["a", "b"]}
    with pytest.raises(SystemExit):
        read(ask)


def test_what_is_not_given_is_left_to_the_function_s_default() -> None:
    assert read(do_everything, "x") == {"text": "x"}


def test_a_switch_can_be_turned_on_and_off() -> None:
    assert read(import_products, "a.csv", "--dry-run")["dry_run"] is True
    assert read(import_products, "a.csv", "--no-dry-run")["dry_run"] is False


def test_a_list_takes_several_values() -> None:
    assert read(do_everything, "x", "--tags", "a", "b", "--sizes", "1")["tags"] == ["a", "b"]


def test_the_output_has_its_short_option_and_a_dash_for_standard_output() -> None:
    assert read(export_products, "-o", "-") == read(export_products, "--output", "-") == {"output": "-"}


def test_the_help_names_the_choices_of_what_is_given_by_position() -> None:
    def paint(colour: Annotated[Literal["red", "blue"], Doc("of the wall")]) -> None:
        """Paint it."""

    parser = ArgumentParser()
    add_parameters(parser, Parameters(paint))

    assert "COLOUR of the wall; one of red, blue" in " ".join(parser.format_help().split())


def test_the_help_names_choices_and_defaults() -> None:
    parser = ArgumentParser()
    add_parameters(parser, Parameters(do_everything))

    text = " ".join(parser.format_help().split())

    assert "--level {low,high} (default: low)" in text
    assert "TEXT some words" in text


def test_an_option_in_place_of_parameters_makes_none_required() -> None:
    parameters = Parameters(do_everything)
    parser = ArgumentParser(exit_on_error=False)
    add_parameters(parser, parameters)
    parser.add_argument("--resume", action=InsteadOfParameters)

    options = vars(parser.parse_args(["--resume", "01a1"]))

    assert (options["resume"], given(parameters, options)) == ("01a1", {})


VALUES: list[dict[str, Any]] = [
    {"text": "two words"},
    {"text": "-x", "whole": 3, "tags": ["a", "b"]},
    {"text": "x", "switch": True},
    {"text": "x", "switch": False, "number": -0.25},
    {"text": "x", "price": Decimal("-1.50"), "level": "high", "size": 2, "colour": "blue"},
    {"text": "x", "day": date(2026, 2, 28), "wait": timedelta(hours=36, seconds=5)},
    {"text": "x", "path": Path("/srv/a b.csv"), "tags": [], "sizes": [1, 2]},
    {"text": "x", "day": None, "path": None},
]


@pytest.mark.parametrize("values", VALUES)
def test_values_as_words_are_read_as_the_same_values(values: dict[str, Any]) -> None:
    parameters = Parameters(do_everything)

    said = read(do_everything, *words(parameters, values))

    assert parameters.parse(said) == parameters.parse(values)


def test_what_is_not_given_is_not_said() -> None:
    assert words(Parameters(greet), {"name": "Ada"}) == ["Ada"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"password": "hush"}, "is secret"),
        ({"tags": ["a", "-b"]}, "begins with -"),
    ],
)
def test_what_no_command_line_can_hold_is_said(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NotSayable, match=sentence) as raised:
        words(Parameters(do_everything), {"text": "x", **values})

    assert "hush" not in str(raised.value)


def test_no_command_can_say_that_a_switch_is_neither_on_nor_off() -> None:
    def ask(*, loud: bool | None = True) -> None: ...

    with pytest.raises(NotSayable, match="none at all, which no command can say of a switch"):
        words(Parameters(ask), {"loud": None})


def test_a_choice_with_a_percent_sign_is_shown_in_the_help() -> None:
    def ask(rate: Literal["5%", "19%"]) -> None: ...

    parser = ArgumentParser()
    add_parameters(parser, Parameters(ask))

    assert "one of 5%, 19%" in parser.format_help()

"""A job's parameters as arguments of a command line.

As the function takes them: by position where it does, which is optional where there is a default, as in
`greet NAME [TIMES]`; by --option what stands behind its `*`, or has a default.
"""

from argparse import SUPPRESS, Action, ArgumentParser, BooleanOptionalAction, Namespace, _ArgumentGroup
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any

from jobs.exceptions import NightshiftError
from jobs.kinds import Kind
from jobs.parameters import Parameter, Parameters

METAVARS = {
    Kind.WHOLE: "N",
    Kind.NUMBER: "X",
    Kind.DECIMAL: "X",
    Kind.DATE: "YYYY-MM-DD",
    Kind.MOMENT: "'YYYY-MM-DD HH:MM'",
    Kind.DURATION: "30s|15m|2h|7d",
    Kind.FILE: "PATH",
    Kind.OUTPUT: "PATH",
    Kind.SECRET: "SECRET",
    Kind.ROW: "KEY",
}
SHORT = {"output": "-o"}  # the names that are short everywhere, and what everybody takes them for


class NotSayable(NightshiftError):
    """A value that no command line can hold."""


def add_parameters(parser: ArgumentParser, parameters: Parameters) -> None:
    """The values stay texts here: `Parameters.parse` reads them, as it reads everybody else's."""
    group = parser.add_argument_group("parameters")
    for item in parameters.items:
        by_position = item.is_positional and item.kind is not Kind.SWITCH
        if by_position:
            _add_positional(group, item)
        if not (by_position and item.is_required):
            _add_option(group, item)


def given(parameters: Parameters, options: Mapping[str, Any]) -> dict[str, Any]:
    """What was said on the command line; the rest has its default elsewhere."""
    return {name: options[name] for name in parameters.by_name if options.get(name, SUPPRESS) != SUPPRESS}


def words(parameters: Parameters, raw: Mapping[str, Any]) -> list[str]:
    """The same values as a command line takes them, without those that are not given.

    Raises WrongParameters, and NotSayable for a secret, which others could read there.
    """
    stored = parameters.dump(parameters.parse(raw))
    given = (item for item in parameters.items if item.name in raw)
    said = (item for item in given if stored[item.name] is not None or item.default is not None)
    return arranged(parameters, {item.name: texts(parameters.job, item, stored[item.name]) for item in said})


def texts(job: str, item: Parameter, value: Any) -> list[str]:
    """What is stored, as the words that its argument takes. Raises NotSayable."""
    if item.kind is Kind.SECRET and value is not None:
        raise NotSayable(f"{item.name!r} of {job} is secret, and others can read a command line")
    if value is None and (item.is_list or item.kind is Kind.SWITCH):
        what = "list" if item.is_list else "switch"
        raise NotSayable(f"{item.name!r} of {job} is none at all, which no command can say of a {what}")
    # What is empty is read as None where None may be given.
    return ["" if each is None else str(each) for each in (value if item.is_list else [value])]


def arranged(parameters: Parameters, said: Mapping[str, list[str]]) -> list[str]:
    """The words of each argument in the order of a command line. Raises NotSayable."""
    positional: list[str] = []
    options: list[str] = []
    for item in parameters.items:
        if item.name not in said:
            continue
        if item.is_required and item.is_positional and item.kind is not Kind.SWITCH:
            positional += said[item.name]
        else:
            options += _option(parameters.job, item, said[item.name])
    if any(text.startswith("-") for text in positional):
        return [*options, "--", *positional]
    return [*positional, *options]


class InsteadOfParameters(Action):
    """An option with which no parameter is required any more: what it names has them already."""

    def __call__(
        self, parser: ArgumentParser, namespace: Namespace, values: Any, option_string: str | None = None
    ) -> None:
        setattr(namespace, self.dest, values)
        for action in parser._actions:
            action.required = False


def _add_positional(group: _ArgumentGroup, item: Parameter) -> None:
    extra: dict[str, Any] = {"default": SUPPRESS}
    if not item.is_required:
        extra["nargs"] = "*" if item.is_list else "?"
    elif item.is_list:
        extra["nargs"] = "+"
    # An option has its choices in its own line of the help, an argument has its name there.
    choices = f"one of {', '.join(item.choices)}".replace("%", "%%") if item.choices else ""
    about = "; ".join(filter(None, (_help(item), choices)))
    group.add_argument(
        item.name, metavar=item.name.upper(), choices=item.choices or None, help=about, **extra
    )


def _add_option(group: _ArgumentGroup, item: Parameter) -> None:
    flag = "--" + item.name.replace("_", "-")
    common: dict[str, Any] = {
        **{"dest": item.name, "default": SUPPRESS, "help": _help(item)},
        "required": item.is_required,
    }
    if item.kind is Kind.SWITCH:
        group.add_argument(flag, action=BooleanOptionalAction, **common)
        return
    extra: dict[str, Any] = {"nargs": "+" if item.is_required else "*"} if item.is_list else {}
    if item.choices:
        extra["choices"] = item.choices
    else:
        extra["metavar"] = METAVARS.get(item.kind, item.name.upper())
    flags = [SHORT[item.name], flag] if item.name in SHORT else [flag]
    group.add_argument(*flags, **common, **extra)


def _option(job: str, item: Parameter, texts: list[str]) -> list[str]:
    flag = item.name.replace("_", "-")
    if item.kind is Kind.SWITCH:
        return [f"--{flag}" if texts == ["True"] else f"--no-{flag}"]
    if not item.is_list:
        return [f"--{flag}={texts[0]}"]
    if any(text.startswith("-") for text in texts):
        raise NotSayable(
            f"{item.name!r} of {job} has a value that begins with -, which a command takes for an option"
        )
    return [f"--{flag}", *texts]


def _help(item: Parameter) -> str:
    parts = [item.help] if item.help else []
    if not item.is_required and item.default not in (None, "", [], ()):
        parts.append(f"(default: {_shown(item.default)})")
    return " ".join(parts).replace("%", "%%")


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, Enum):
        return str(default.value)
    if isinstance(default, int) and not isinstance(default, bool):
        return f"{default:,}"
    if isinstance(default, timedelta):
        return str(default)
    if isinstance(default, list | tuple):
        return " ".join(map(str, default))
    return str(default)

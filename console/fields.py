"""The form field of a parameter. It shows and takes; `Parameters.parse` judges."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from django import forms
from django.urls import reverse
from django.utils import timezone

from console.texts import shown
from console.widgets import Files, Lines, ManyFiles, SecretLines, Selection
from jobs.kinds import Kind
from jobs.parameters import Parameter

FEW = 5  # choices that are all shown at once
BOUNDS = {Ge: ("ge", "at least"), Gt: ("gt", "more than"), Le: ("le", "at most"), Lt: ("lt", "less than")}


def field_of(item: Parameter, job: str) -> forms.Field:
    field = _make(item)
    field.label = item.name.replace("_", " ").capitalize()
    field.help_text = " ".join(_help(item))
    field.initial = initial_of(item)
    field.widget.attrs.update(_attributes(item, job))
    return field


def initial_of(item: Parameter) -> Any:
    """The default as the form shows it."""
    if item.is_required or item.default is None or item.kind in (Kind.FILE, Kind.SECRET):
        return None
    return initial_text(item, item.default)


def initial_text(item: Parameter, value: Any) -> Any:
    """A value of that parameter as its input takes it."""
    if value is None:
        return None
    if not item.is_list:
        return shown(value)
    values = [shown(each) for each in value]
    return values if item.choices else "\n".join(map(str, values))


def _make(item: Parameter) -> forms.Field:
    if item.kind is Kind.FILE:
        return Files(required=False, widget=ManyFiles()) if item.is_list else forms.FileField(required=False)
    if item.choices:
        return _choice(item, [(each, each) for each in item.choices])
    if item.is_list:
        if item.kind is Kind.SECRET:
            return Lines(required=False, widget=SecretLines(attrs={"rows": 4, "data-secret": True}))
        return Lines(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    if item.kind is Kind.SWITCH:
        return _switch(item)
    strip = item.kind not in (Kind.TEXT, Kind.SECRET)
    return forms.CharField(required=False, strip=strip, widget=_input(item))


def _choice(item: Parameter, choices: list[tuple[str, str]]) -> forms.Field:
    if item.is_list:
        return Selection(required=False, widget=forms.CheckboxSelectMultiple(choices=choices))
    are_few = len(choices) <= FEW
    if item.reading.is_optional:
        choices = [("", "Not said"), *choices]
    elif item.is_required and not are_few:
        choices = [("", "Choose one"), *choices]
    one = forms.RadioSelect if are_few else forms.Select
    return forms.CharField(required=False, widget=one(choices=choices))


def _switch(item: Parameter) -> forms.Field:
    if not item.reading.is_optional:
        return forms.BooleanField(required=False)
    choices = [("", "Not said"), ("True", "Yes"), ("False", "No")]
    return forms.CharField(required=False, widget=forms.RadioSelect(choices=choices))


INPUTS: dict[Kind, Callable[[], forms.Widget]] = {
    Kind.WHOLE: lambda: forms.NumberInput(attrs={"step": "1"}),
    Kind.NUMBER: lambda: forms.NumberInput(attrs={"step": "any"}),
    Kind.DECIMAL: lambda: forms.NumberInput(attrs={"step": "any"}),
    Kind.DATE: lambda: forms.TextInput(attrs={"type": "date"}),
    Kind.MOMENT: lambda: forms.TextInput(attrs={"type": "datetime-local", "step": "1"}),
    Kind.SECRET: lambda: forms.PasswordInput(attrs={"autocomplete": "new-password"}),
}


def _input(item: Parameter) -> forms.Widget:
    return INPUTS.get(item.kind, forms.TextInput)()


def _help(item: Parameter) -> list[str]:
    hints = {
        Kind.MOMENT: f"In the zone {timezone.get_current_timezone_name()}.",
        Kind.DURATION: "For example 30d, 2h or 15m.",
        Kind.SECRET: "Kept encrypted, and never shown again.",
        Kind.FILE: f"It takes {item.accepts.sentence}." if item.accepts.sentence else "",
        Kind.ROW: f"The key or the name of a {_noun(item)}." if item.kind is Kind.ROW else "",
    }
    said = [_sentence(item.help), hints.get(item.kind, ""), "One a line." if _by_lines(item) else ""]
    return [each for each in [*said, _sentence(_bounds(item)), _default(item)] if each]


def _bounds(item: Parameter) -> str:
    """Such as "at least 1, at most 16"."""
    parts = [f"{words} {_figure(getattr(bound, name))}" for bound, name, words in _said_bounds(item)]
    return ("each " if parts and item.is_list else "") + ", ".join(parts)


def _said_bounds(item: Parameter) -> list[tuple[Any, str, str]]:
    return [(bound, *BOUNDS[type(bound)]) for bound in item.bounds]


def _default(item: Parameter) -> str:
    default = initial_of(item)
    if default in (None, "", []) or isinstance(default, bool):
        return ""
    if item.kind is Kind.WHOLE and not item.is_list:
        return f"Default: {_figure(item.default)}."
    said = default if isinstance(default, list) else str(default).splitlines()
    return f"Default: {', '.join(said)}."


def _figure(value: Any) -> Any:
    return f"{value:,}" if isinstance(value, int) else shown(value)


def _by_lines(item: Parameter) -> bool:
    return item.is_list and not item.choices and item.kind is not Kind.FILE


def _noun(item: Parameter) -> str:
    assert item.reading.model is not None  # noqa: S101 a ROW has one
    return str(item.reading.model._meta.verbose_name)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _attributes(item: Parameter, job: str) -> dict[str, Any]:
    """What scripts look for is in `data-`."""
    is_typed = not item.choices and item.kind not in (Kind.SECRET, Kind.SWITCH, Kind.FILE)
    found: dict[str, Any] = {"autocomplete": "off"} if is_typed else {}
    if item.is_required and item.kind is not Kind.SWITCH and not (item.choices and item.is_list):
        found["required"] = True
    for name, bound in (("min", item.minimum), ("max", item.maximum)):
        if isinstance(bound, int | float | Decimal | date) and not item.is_list:
            found[name] = shown(bound)
    if item.kind is Kind.ROW:
        found["data-rows"] = reverse("job-rows", args=[job, item.name])
    if item.kind is Kind.FILE and item.accepts.suffixes:
        found["accept"] = ",".join(item.accepts.suffixes)
    if item.kind is Kind.FILE and item.accepts.at_most is not None:
        found["data-at-most"] = item.accepts.at_most
    return found

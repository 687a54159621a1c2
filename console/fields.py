"""The form field of a parameter. It shows and takes; `Parameters.parse` judges."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone

from jobs.kinds import Kind
from jobs.parameters import Parameter

ROWS_SHOWN = 1_000
UNITS = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class SecretLines(forms.Textarea):
    """What was typed is never sent back."""

    def format_value(self, value: Any) -> None:
        return None


class Files(forms.FileField):
    """A list of uploads; Django's own field takes one."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(Files, self).clean(each, initial) for each in data or []]


class Lines(forms.CharField):
    """One value a line; empty lines are none."""

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class Selection(forms.Field):
    """What was picked of many, as the browser sent it."""


def field_of(item: Parameter) -> forms.Field:
    field = _make(item)
    field.label = item.name.replace("_", " ").capitalize()
    field.help_text = " ".join(_help(item))
    field.initial = initial_of(item)
    field.widget.attrs.update(_attributes(item))
    return field


def initial_of(item: Parameter) -> Any:
    """The default as the form shows it."""
    if item.is_required or item.default is None or item.kind in (Kind.FILE, Kind.SECRET):
        return None
    if not item.is_list:
        return shown(item.default)
    values = [shown(each) for each in item.default]
    return values if item.choices or item.kind is Kind.ROW else "\n".join(map(str, values))


def shown(value: Any) -> Any:
    """A Python value as the text that its input takes; a switch stays one."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S") if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Model):
        return str(value.pk)
    return value if isinstance(value, bool) else str(value)


def duration_text(value: timedelta) -> str:
    """In the biggest unit that divides it: 30d, 90m, 1.5s."""
    seconds = value.total_seconds()
    for unit, size in UNITS:
        if seconds and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:g}s"


def _make(item: Parameter) -> forms.Field:
    if item.kind is Kind.FILE:
        return Files(required=False, widget=ManyFiles()) if item.is_list else forms.FileField(required=False)
    if item.kind is Kind.ROW:
        return _rows(item)
    if item.choices:
        return _select(item, [(each, each) for each in item.choices])
    if item.is_list:
        widget = SecretLines if item.kind is Kind.SECRET else forms.Textarea
        return Lines(required=False, widget=widget(attrs={"rows": 4}))
    if item.kind is Kind.SWITCH:
        return _switch(item)
    strip = item.kind not in (Kind.TEXT, Kind.SECRET)
    return forms.CharField(required=False, strip=strip, widget=_input(item))


def _rows(item: Parameter) -> forms.Field:
    assert item.reading.model is not None  # noqa: S101 a ROW has one
    rows = list(item.reading.model._default_manager.all()[: ROWS_SHOWN + 1])
    if len(rows) <= ROWS_SHOWN:
        return _select(item, [(str(row.pk), str(row)) for row in rows])
    if item.is_list:
        return Lines(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    return forms.CharField(required=False)


def _select(item: Parameter, choices: list[tuple[str, str]]) -> forms.Field:
    if item.is_list:
        return Selection(required=False, widget=forms.SelectMultiple(choices=choices))
    if item.is_required or item.reading.is_optional:
        choices = [("", "Choose one" if item.is_required else "None"), *choices]
    return forms.CharField(required=False, widget=forms.Select(choices=choices))


def _switch(item: Parameter) -> forms.Field:
    if not item.reading.is_optional:
        return forms.BooleanField(required=False)
    choices = [("", "Not said"), ("True", "Yes"), ("False", "No")]
    return forms.CharField(required=False, widget=forms.Select(choices=choices))


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
    }
    default = initial_of(item)
    said = [_sentence(item.help), hints.get(item.kind, ""), "One a line." if _by_lines(item) else ""]
    if default not in (None, "") and not isinstance(default, bool):
        said.append(f"Default: {', '.join(default) if isinstance(default, list) else default}.")
    return [each for each in said if each]


def _by_lines(item: Parameter) -> bool:
    return item.is_list and not item.choices and item.kind not in (Kind.FILE, Kind.ROW)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _attributes(item: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {} if item.kind is Kind.SECRET else {"autocomplete": "off"}
    if item.is_required and item.kind is not Kind.SWITCH:
        found["required"] = True
    for name, bound in (("min", item.minimum), ("max", item.maximum)):
        if isinstance(bound, int | float | Decimal | date) and not item.is_list:
            found[name] = shown(bound)
    return found

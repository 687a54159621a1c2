"""The inputs that Django has not: several files, lines, a secret that is not sent back, a row by search."""

from typing import Any

from django import forms


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

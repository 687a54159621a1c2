"""Rows of a model by a text, for the parameter that takes one."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import CharField, Model, Q, QuerySet, TextField

from console.permissions import SignedInRequest

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Found:
    """`rows` are keys with what a person knows them by; `has_more`: there are others, so type more."""

    rows: list[tuple[str, str]]
    has_more: bool


def find_rows(request: SignedInRequest, model: type[Model], text: str) -> Found:
    """The row of that key first. Searched is what the admin searches, or else texts that are unique."""
    text = text.replace("\x00", "").strip()
    known = _of_key(model, text)
    others = _search(request, model, text).exclude(pk__in=[row.pk for row in known])
    found = [*known, *others[: SHOWN + 1]]
    rows = [(str(row.pk), str(row)) for row in found[:SHOWN]]
    return Found(rows=rows, has_more=len(found) > SHOWN)


def _of_key(model: type[Model], text: str) -> list[Model]:
    try:
        return list(model._default_manager.filter(pk=text)) if text else []
    except (ValueError, TypeError, ValidationError):  # the last is what the key of some kinds raises
        return []


def _search(request: SignedInRequest, model: type[Model], text: str) -> QuerySet[Any]:
    rows = model._default_manager.all()
    rows = rows if rows.ordered else rows.order_by("pk")
    if not text:
        return rows
    if admin.site.is_registered(model) and admin.site.get_model_admin(model).search_fields:
        found, has_twice = admin.site.get_model_admin(model).get_search_results(request, rows, text)
        return found.distinct() if has_twice else found
    names = _unique_texts(model)
    matches = (Q(**{f"{name}__icontains": text}) for name in names)
    return rows.filter(reduce(or_, matches)) if names else rows.none()


def _unique_texts(model: type[Model]) -> list[str]:
    """Not every text: a password's hash is one too."""
    together = {name for each in model._meta.total_unique_constraints for name in each.fields}
    fields = [field for field in model._meta.concrete_fields if isinstance(field, CharField | TextField)]
    return [field.name for field in fields if field.unique or field.name in together]

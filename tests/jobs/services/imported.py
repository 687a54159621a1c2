"""The import of a test, and what it left behind."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from jobs.models.product import Product
from jobs.services.keyed_import.report import ImportReport

Import = Callable[..., ImportReport]


def stored(*columns: str) -> list[tuple[Any, ...]]:
    return list(Product.objects.values_list(*(columns or ("sku", "name"))))


def tables_left() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT relname FROM pg_class WHERE relname LIKE 'import\_%' AND relkind = 'r'")
        return [name for (name,) in cursor.fetchall()]


def counts(report: ImportReport) -> dict[str, int]:
    names = ("read", "created", "updated", "unchanged", "rejected", "repeated")
    return {name: getattr(report, name) for name in names if getattr(report, name)}

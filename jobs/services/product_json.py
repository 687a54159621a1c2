"""The objects of a JSON file that holds one array."""

import io
from collections.abc import Iterator
from typing import Any

from jobs.services.json_array import array_items
from jobs.services.product_checks import COLUMNS, REQUIRED, Rejected, Values
from jobs.services.product_reader import ProductReader

MOST_IGNORED = 100  # names kept: every object may bring new ones
NULLS = {column: "" if column in REQUIRED else None for column in COLUMNS}


class JsonReader(ProductReader):
    """Raises WrongInput, while it is read, where it is no array or no JSON."""

    def __init__(self, text: io.TextIOWrapper, label: str) -> None:
        super().__init__(text, label)
        self.columns = COLUMNS
        self.filled_columns = set(REQUIRED)
        self.ignored_columns = []

    def rows(self) -> Iterator[tuple[int, Values | Rejected]]:
        for number, item in enumerate(array_items(self._text, self.label), start=1):
            yield number, self._values(item) if isinstance(item, dict) else Rejected("not an object")

    def _values(self, item: dict[str, Any]) -> Values | Rejected:
        self._meet(item)
        # A value that is null is empty; an optional one that is missing keeps what the database has.
        values = [
            "" if (value := item.get(column, absent)) is None and column in item else value
            for column, absent in NULLS.items()
        ]
        if all(value is None or isinstance(value, str) for value in values):
            return values
        sku = item.get("sku")
        return Rejected("a value is neither text nor number", sku=sku if isinstance(sku, str) else "")

    def _meet(self, item: dict[str, Any]) -> None:
        for name in item.keys() - self.filled_columns:
            if name in COLUMNS:
                self.filled_columns.add(name)
            elif name not in self.ignored_columns and len(self.ignored_columns) < MOST_IGNORED:
                self.ignored_columns.append(name)

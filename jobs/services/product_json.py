"""The objects of a JSON file that holds one array."""

import io
from collections.abc import Iterator
from typing import Any

from jobs.services.json_array import JsonArray
from jobs.services.product_checks import COLUMNS, REQUIRED, Rejected, Values
from jobs.services.product_reader import Place, ProductReader

KNOWN = frozenset(COLUMNS)
MOST_IGNORED = 100  # names kept: every object may bring new ones
NULLS = {column: "" if column in REQUIRED else None for column in COLUMNS}


class JsonReader(ProductReader):
    """Raises WrongInput, while it is read, where it is no array or no JSON."""

    ROW_SIGN = b"{"

    def __init__(self, text: io.TextIOWrapper, label: str) -> None:
        super().__init__(text, label)
        self.columns = COLUMNS
        self.ignored_columns = []
        self._array = JsonArray(text, label, *self._begin)

    @property
    def place(self) -> Place:
        return Place(self._array.byte, self._array.number)

    def rows(self, place: Place | None = None) -> Iterator[tuple[int, Values | Rejected]]:
        if place is not None:
            self._text.seek(place.byte)
            self._array = JsonArray(self._text, self.label, *place)
        for item in self._array.items():
            if isinstance(item, dict):
                self._meet(item)
            yield self._array.number, values_of(item)

    def _meet(self, item: dict[str, Any]) -> None:
        for name in item.keys() - KNOWN:
            if name not in self.ignored_columns and len(self.ignored_columns) < MOST_IGNORED:
                self.ignored_columns.append(name)


def values_of(item: Any) -> Values | Rejected:
    """In the order of COLUMNS; numbers have to come as their text."""
    if not isinstance(item, dict):
        return Rejected("not an object")
    # A value that is null is empty; an optional one that is missing keeps what the database has.
    values = [
        "" if (value := item.get(column, absent)) is None and column in item else value
        for column, absent in NULLS.items()
    ]
    if all(value is None or isinstance(value, str) for value in values):
        return values
    sku = item.get("sku")
    return Rejected("a value is neither text nor number", sku=sku if isinstance(sku, str) else "")

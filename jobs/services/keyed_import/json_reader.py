"""The objects of a JSON file that holds one array."""

import io
from collections.abc import Iterator
from typing import Any

from jobs.services.json_array import JsonArray
from jobs.services.keyed_import.columns import Column, Rejected
from jobs.services.keyed_import.opened import OpenedFile
from jobs.services.keyed_import.reader import Place
from jobs.services.keyed_import.row_check import Values
from jobs.services.keyed_import.target import Target
from jobs.services.keyed_import.text_reader import TextReader

MOST_IGNORED = 100  # names kept: every object may bring new ones


class JsonReader(TextReader):
    """Raises WrongInput, while it is read, where it is no array or no JSON."""

    ROW_SIGN = b"{"

    def __init__(self, file: OpenedFile, text: io.TextIOWrapper, target: Target) -> None:
        super().__init__(file, text, target)
        self.columns = list(target.by_name)
        self.ignored_columns = []
        self._known = target.by_name.keys() | target.aliases.keys()
        self._objects = Objects(target)
        self._array = JsonArray(text, self.label, *self._begin)

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
            yield self._array.number, self._objects.values(item)

    def _meet(self, item: dict[str, Any]) -> None:
        for name in item.keys() - self._known:
            if name not in self.ignored_columns and len(self.ignored_columns) < MOST_IGNORED:
                self.ignored_columns.append(name)


class Objects:
    """JSON objects as rows of a target."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._absent = {column.name: "" if column.is_required else None for column in target.columns}
        self._lists = [column for column in target.columns if column.HOLDS_SEVERAL]

    def values(self, item: Any) -> Values | Rejected:
        """In the order of the target; numbers have to come as their text."""
        if not isinstance(item, dict):
            return Rejected("not an object")
        for alias, name in self._target.aliases.items():
            if alias in item:
                item.setdefault(name, item[alias])
        for column in self._lists:
            _join(item, column)
        # A value that is null is empty; an optional one that is missing keeps what the database has.
        values = [
            "" if (value := item.get(column, absent)) is None and column in item else value
            for column, absent in self._absent.items()
        ]
        if all(value is None or isinstance(value, str) for value in values):
            return values
        key = item.get(self._target.key)
        return Rejected("a value is neither text nor number", key=key if isinstance(key, str) else "")


def _join(item: dict[str, Any], column: Column) -> None:
    """As a CSV file has it."""
    values = item.get(column.name)
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        item[column.name] = ";".join(values)

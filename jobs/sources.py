"""What `progress.batches` walks: each kind of source knows its position, and can go on from it.

Positions are stored as JSON. Rows go by key, never by OFFSET; files by byte; anything else by count.
"""

import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Generic, TextIO, TypeVar

from django.db.models import Model, QuerySet

Item = TypeVar("Item")
ModelRow = TypeVar("ModelRow", bound=Model)

BOM = b"\xef\xbb\xbf"
CHUNK = 1 << 20  # bytes


class Source(ABC, Generic[Item]):
    """Walked in the same order each time it is asked."""

    @abstractmethod
    def batches(self, position: Any, size: int) -> Iterator[tuple[Sequence[Item], Any]]:
        """Batches behind that position (None is the beginning), each with the position behind it."""

    def remaining(self, position: Any) -> int | None:
        """How many items are behind that position; None where that is unknown."""
        return None

    def weight(self, batch: Sequence[Item]) -> int:
        """What the batch counts for, in the unit of `remaining`."""
        return len(batch)


class ByCount(Source[Item]):
    """Any iterable: it is walked from its beginning, and what was done is passed over."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = items

    def batches(self, position: int | None, size: int) -> Iterator[tuple[Sequence[Item], int]]:
        done = position or 0
        items = islice(self._items, done, None)
        while batch := list(islice(items, size)):
            done += len(batch)
            yield batch, done

    def remaining(self, position: int | None) -> int | None:
        return len(self._items) - (position or 0) if isinstance(self._items, Sized) else None


class ByKey(Source[ModelRow]):
    """The rows of a queryset in the order of their primary key: rows may go or come while it is walked."""

    def __init__(self, rows: QuerySet[ModelRow]) -> None:
        self._rows = rows.order_by("pk")
        self._key = rows.model._meta.pk

    def batches(self, position: Any, size: int) -> Iterator[tuple[Sequence[ModelRow], Any]]:
        while batch := list(self._behind(position)[:size]):
            position = self._key.value_to_string(batch[-1])
            yield batch, position

    def remaining(self, position: Any) -> int | None:
        return self._behind(position).count()

    def _behind(self, position: Any) -> QuerySet[ModelRow]:
        return (
            self._rows.all() if position is None else self._rows.filter(pk__gt=self._key.to_python(position))
        )


class Lines:
    """The lines of a UTF-8 file, with their ends; `offset` is the byte behind the last one given out."""

    def __init__(self, text: TextIO, offset: int) -> None:
        self._text = text
        self.offset = offset

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.offset += len(line) if line.isascii() else len(line.encode())
        return line


class ByLine(Source[Item]):
    """A file that is written no more: its position is a byte."""

    header_lines = 0

    def __init__(self, path: Path) -> None:
        self._path = path

    def batches(self, position: int | None, size: int) -> Iterator[tuple[Sequence[Item], int]]:
        with self._path.open("rb") as file, self._path.open(encoding="utf-8", newline="") as text:
            start = len(BOM) if file.read(len(BOM)) == BOM else 0
            text.seek(start)
            header = Lines(text, start)
            self.read_header(header)
            if position is not None and position > header.offset:
                text.seek(position)
            lines = Lines(text, max(position or 0, header.offset))
            items = self.read_items(lines)
            while batch := list(islice(items, size)):
                yield batch, lines.offset

    def remaining(self, position: int | None) -> int | None:
        with self._path.open("rb") as file:
            file.seek(position or 0)
            return max(0, line_breaks(file) - (self.header_lines if position is None else 0))

    def read_header(self, lines: Lines) -> None:
        """What stands before the first item, each time that the file is opened."""

    @abstractmethod
    def read_items(self, lines: Lines) -> Iterator[Item]:
        """One item after the other, reading no line before it is needed."""


class CsvRows(ByLine[dict[str, str]]):
    """The rows of a CSV file whose first line names its columns; a field may hold line breaks."""

    header_lines = 1

    def read_header(self, lines: Lines) -> None:
        self._columns = next(csv.reader(lines), [])

    def read_items(self, lines: Lines) -> Iterator[dict[str, str]]:
        for row in csv.reader(lines):
            if row:
                yield dict(zip(self._columns, row, strict=False))


class JsonLines(ByLine[Any]):
    """The values of a file that has one JSON value in each line."""

    def read_items(self, lines: Lines) -> Iterator[Any]:
        return (json.loads(line) for line in lines if line.strip())


FILES: dict[str, type[ByLine[Any]]] = {".csv": CsvRows, ".jsonl": JsonLines, ".ndjson": JsonLines}


def source_of(walked: Any) -> Source[Any]:
    """The source for a queryset, the path of a CSV or JSON lines file, or any iterable."""
    if isinstance(walked, Source):
        return walked
    if isinstance(walked, QuerySet):
        return ByKey(walked)
    if isinstance(walked, Path):
        if walked.suffix.lower() not in FILES:
            known = ", ".join(FILES)
            raise ValueError(
                f"{walked.name!r} ends in none of {known}; give progress.batches its rows instead"
            )
        return FILES[walked.suffix.lower()](walked)
    return ByCount(walked)


def line_breaks(file: BinaryIO) -> int:
    """How many are left in it: a good guess at its rows, at a gigabyte a second."""
    return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(CHUNK), b""))

"""What the readers of all kinds of product files have in common."""

import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from jobs.services.product_checks import Rejected, Values
from jobs.sources import BOM, CHUNK


class Place(NamedTuple):
    """Where to read on: a byte of the file, and the lines, or items of a JSON array, before it."""

    byte: int
    number: int


class ProductReader(ABC):
    """`columns` is the order of the values in each row.

    Which others the file has is known at its end only: each object of a JSON file may bring new ones.
    """

    ROW_SIGN: ClassVar[bytes]  # a byte of which a file has as many as rows, more or less

    columns: Sequence[str]
    ignored_columns: list[str]

    def __init__(self, text: io.TextIOWrapper, label: str) -> None:
        facts = os.fstat(text.fileno())
        self.label = label
        self.stamp = f"{facts.st_size} bytes of {facts.st_mtime_ns}"
        start = os.pread(text.fileno(), len(BOM), 0)
        self._begin = Place(len(BOM) if start == BOM else 0, 0)
        self._text = text

    def rows_behind(self, place: Place | None = None) -> int:
        """A good guess, at a gigabyte a second. It leaves the reader where it is."""
        descriptor, offset, found = self._text.fileno(), place.byte if place else 0, 0
        while chunk := os.pread(descriptor, CHUNK, offset):
            offset += len(chunk)
            found += chunk.count(self.ROW_SIGN)
        return found

    @property
    @abstractmethod
    def place(self) -> Place:
        """Behind the last row that was given out."""

    @abstractmethod
    def rows(self, place: Place | None = None) -> Iterator[tuple[int, Values | Rejected]]:
        """Those behind that place, each with the number of its line, or of its item in an array, from 1."""

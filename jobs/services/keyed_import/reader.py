"""What the readers of all formats have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.opened import OpenedFile
from jobs.services.keyed_import.row_check import Values


class Place(NamedTuple):
    """Where to read on: an unpacked byte of the file, and the lines, items or rows of a sheet before it."""

    byte: int
    number: int


# Rows that need no check, as lines of COPY's text format; or one, with the number of its line, item or row of
# a sheet, from 1.
ReadRows = str | tuple[int, Values | Rejected]


class Reader(ABC):
    """`columns` is the order of the values in each row.

    Which others the file has is known at its end only: each object of a JSON file may bring new ones.
    """

    columns: Sequence[str]
    ignored_columns: list[str]
    numbers_rows = False  # whether each row has to come with its number, also one that needs no check

    def __init__(self, file: OpenedFile) -> None:
        self.label = file.label
        self.stamp = file.stamp

    @property
    @abstractmethod
    def place(self) -> Place:
        """Behind the last row that was given out."""

    @abstractmethod
    def rows(self, place: Place | None = None) -> Iterator[ReadRows]:
        """Those behind that place."""

    @abstractmethod
    def rows_behind(self, place: Place | None = None) -> int | None:
        """A good guess, or None where there is none. It leaves the reader where it is."""

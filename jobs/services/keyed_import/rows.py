"""The rows of a file as `progress.batches` walks them: read, checked, and from any place on."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.reader import Place, Reader
from jobs.services.keyed_import.row_check import RowCheck, Values
from jobs.services.keyed_import.target import Target
from jobs.sources import Source

LONGEST_KEY = 64  # characters shown: a rejected key may be a page of text


class Rejection(NamedTuple):
    line: int
    key: str
    reason: str


# A line of COPY's text format, or why there is none.
CheckedRow = str | Rejection


class FileRows(Source[CheckedRow]):
    """Raises WrongInput while it is walked. It is made for one walk."""

    def __init__(self, file: Reader, target: Target) -> None:
        self._file = file
        self._check = RowCheck(target, file.columns)
        self._rows: Iterator[tuple[int, Values | Rejected]] = iter(())
        self._ahead: tuple[Sequence[CheckedRow], Place] | None = None
        self._size = 0

    def batches(self, position: list[int] | None, size: int) -> Iterator[tuple[Sequence[CheckedRow], Place]]:
        self._rows = self._file.rows(Place(*position) if position else None)
        self._size = size
        while True:
            self.read_ahead()
            batch, place = self._ahead or ((), None)
            self._ahead = None
            if not batch or place is None:
                return
            yield batch, place

    def read_ahead(self) -> None:
        """Get the next batch ready already: Python reads while the server stores the one before."""
        if self._ahead is None:
            batch = [self._checked(number, row) for number, row in islice(self._rows, self._size)]
            self._ahead = batch, self._file.place

    def remaining(self, position: list[int] | None) -> int | None:
        return self._file.rows_behind(Place(*position) if position else None)

    def _checked(self, number: int, row: Values | Rejected) -> CheckedRow:
        try:
            return self._check.line(number, row)
        except Rejected as rejected:
            return Rejection(number, rejected.key[:LONGEST_KEY], rejected.reason)

"""The rows of a file as `progress.batches` walks them: read, checked, and from any place on."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.only import Lines
from jobs.services.keyed_import.reader import Place, Reader, ReadRows
from jobs.services.keyed_import.row_check import RowCheck, Values
from jobs.services.keyed_import.target import Target
from jobs.sources import Source

LONGEST_KEY = 64  # characters shown: a rejected key may be a page of text


class Rejection(NamedTuple):
    line: int
    key: str
    reason: str


# Lines of COPY's text format, each a row, or why one is none.
CheckedRows = str | Rejection


def number_of(rows: Sequence[CheckedRows]) -> int:
    return sum(1 if isinstance(each, Rejection) else each.count("\n") for each in rows)


class FileRows(Source[CheckedRows]):
    """Raises WrongInput while it is walked. It is made for one walk; with `only`, over those lines."""

    def __init__(self, file: Reader, target: Target, only: Lines | None = None) -> None:
        self._file = file
        self._file.numbers_rows = only is not None
        self._only = only
        self._check = RowCheck(target, file.columns)
        self._rows: Iterator[ReadRows] = iter(())
        self._ahead: tuple[Sequence[CheckedRows], Place] | None = None
        self._size = 0

    def batches(self, position: list[int] | None, size: int) -> Iterator[tuple[Sequence[CheckedRows], Place]]:
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
            batch: list[CheckedRows] = []
            found = 0
            while found < self._size and (read := next(self._rows, None)) is not None:
                if self._only and not isinstance(read, str) and read[0] not in self._only:
                    continue
                batch.append(read if isinstance(read, str) else self._checked(*read))
                found += number_of(batch[-1:])
            self._ahead = batch, self._file.place

    def remaining(self, position: list[int] | None) -> int | None:
        if self._only:
            return self._only.behind(position[1] if position else 0)
        return self._file.rows_behind(Place(*position) if position else None)

    def weight(self, batch: Sequence[CheckedRows]) -> int:
        return number_of(batch)

    def _checked(self, number: int, row: Values | Rejected) -> CheckedRows:
        try:
            return self._check.line(row)
        except Rejected as rejected:
            return Rejection(number, rejected.key[:LONGEST_KEY], rejected.reason)

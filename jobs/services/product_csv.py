"""The rows of a CSV file whose first line names its columns."""

import csv
import io
from collections.abc import Iterator

from jobs.exceptions import WrongInput
from jobs.services.product_checks import COLUMNS, REQUIRED, Rejected, Values
from jobs.services.product_reader import Place, ProductReader

# Characters: bounds the memory that one line, or a quote that is never closed, can take.
LONGEST_LINE = 2**24
LONGEST_SHOWN = 80

TOO_FEW = "too few fields"
TOO_MANY = "too many fields"


class CsvReader(ProductReader):
    """Raises WrongInput where the header names no products, and for what is no CSV further down."""

    ROW_SIGN = b"\n"

    def __init__(self, text: io.TextIOWrapper, label: str) -> None:
        super().__init__(text, label)
        # The default (131,072) would fail the file; with this, a long field is a matter of the row's checks.
        csv.field_size_limit(LONGEST_LINE)
        self._byte, self._number = self._begin
        self._header = self._read_header()
        self.columns = [name for name in self._header if name in COLUMNS]
        self.ignored_columns = [name for name in self._header if name not in COLUMNS]
        self._refuse_unusable()

    @property
    def place(self) -> Place:
        return Place(self._byte, self._number)

    def rows_behind(self, place: Place | None = None) -> int:
        header = 1 if place is None else 0
        return max(0, super().rows_behind(place) - header)

    def rows(self, place: Place | None = None) -> Iterator[tuple[int, Values | Rejected]]:
        if place is not None:
            self._text.seek(place.byte)
            self._byte, self._number = place
        width = len(self._header)
        used = [index for index, name in enumerate(self._header) if name in COLUMNS]
        for line, row in self._records():
            if len(row) == width:
                yield line, row if len(used) == width else [row[index] for index in used]
            elif len(row) > 1 or "".join(row).strip():
                yield line, Rejected(TOO_FEW if len(row) < width else TOO_MANY)

    def _lines(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_LINE):
            self._number += 1
            self._byte += len(line) if line.isascii() else len(line.encode())
            if len(line) == LONGEST_LINE:
                most = f"longer than {LONGEST_LINE // 2**20} million characters"
                raise WrongInput(f"Line {self._number} of {self.label} is {most}; is it a CSV file?")
            yield line

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Each with the line that it begins on."""
        end = self._number
        try:
            # Strict, or a wrong quote would swallow the rows behind it without a word.
            for row in csv.reader(self._lines(), strict=True):
                begin, end = end + 1, self._number
                yield begin, row
        except csv.Error as error:
            where = f"The row of {self.label} that begins on line {end + 1}"
            raise WrongInput(f"{where} has a wrong or open quote ({error}); correct it") from error

    def _read_header(self) -> list[str]:
        for _, row in self._records():
            if any(map(str.strip, row)):
                return [name.strip().lower() for name in row]
        raise WrongInput(f"{self.label} is empty; its first line has to name the columns sku, name and price")

    def _refuse_unusable(self) -> None:
        for name in self.columns:
            if self.columns.count(name) > 1:
                raise WrongInput(f"{self.label} has the column {name} twice; remove or rename one of them")
        if missing := [name for name in REQUIRED if name not in self.columns]:
            found = ", ".join(self._header)
            found = found if len(found) <= LONGEST_SHOWN else f"{found[: LONGEST_SHOWN - 1]}…"
            sentence = f"{self.label} has no column {' and no column '.join(missing)}; its first line"
            raise WrongInput(f"{sentence} has to name the columns, separated by commas, and is: {found!r}")

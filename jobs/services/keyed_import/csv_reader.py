"""The rows of a CSV file whose first line names its columns."""

import csv
import io
from collections.abc import Iterator

from jobs.exceptions import WrongInput
from jobs.services.keyed_import.header import Header, is_blank, no_header
from jobs.services.keyed_import.opened import OpenedFile
from jobs.services.keyed_import.reader import Place, ReadRows
from jobs.services.keyed_import.row_check import right_lines
from jobs.services.keyed_import.target import Target
from jobs.services.keyed_import.text_reader import TextReader

# Characters: bounds the memory that one line, or a quote that is never closed, can take.
LONGEST_LINE = 2**24
BLOCK = 2**19  # characters read at a time, and the rest of the last line
HOW = "its first line has to name the columns, separated by commas"


class CsvReader(TextReader):
    """Raises WrongInput where the header lacks a column, and for what is no CSV further down."""

    ROW_SIGN = b"\n"

    def __init__(self, file: OpenedFile, text: io.TextIOWrapper, target: Target) -> None:
        super().__init__(file, text, target)
        # The default (131,072) would fail the file; with this, a long field is a matter of the row's checks.
        csv.field_size_limit(LONGEST_LINE)
        self._byte, self._number = self._begin
        self._block, self._rest = "", io.StringIO()
        self._header = self._read_header()
        self.columns = self._header.columns
        self.ignored_columns = self._header.ignored
        self._right = None if self.ignored_columns else right_lines(target, self.columns)

    @property
    def place(self) -> Place:
        return Place(self._byte, self._number)

    def rows_behind(self, place: Place | None = None) -> int | None:
        header = 1 if place is None else 0
        found = super().rows_behind(place)
        return None if found is None else max(0, found - header)

    def rows(self, place: Place | None = None) -> Iterator[ReadRows]:
        if place is not None:
            self._text.seek(place.byte)
            self._byte, self._number = place
            self._block, self._rest = "", io.StringIO()
        records = self._records()
        while self._is_more():
            if lines := self._right_lines():
                yield lines
            elif (record := next(records, None)) is not None:
                line, row = record
                if (values := self._header.values(row)) is not None:
                    yield line, values

    def _right_lines(self) -> str:
        """Those from here on that need neither parser nor checks: a whole block at a time, mostly."""
        begin = self._rest.tell()
        right = self._right.match(self._block, begin) if self._right and not self.numbers_rows else None
        if right is None or (end := right.end()) == begin:
            return ""
        lines = self._block[begin:end]
        self._rest.seek(end)
        self._number += lines.count("\n")
        self._byte += len(lines) if lines.isascii() else len(lines.encode())
        return lines.replace("\r\n", "\n").replace(",", "\t")

    def _is_more(self) -> bool:
        if self._rest.tell() == len(self._block):
            self._block = self._text.read(BLOCK) + self._text.readline(LONGEST_LINE)
            self._rest = io.StringIO(self._block, newline="")
        return bool(self._block)

    def _lines(self) -> Iterator[str]:
        while self._is_more():
            line = self._rest.readline()
            self._number += 1
            self._byte += len(line) if line.isascii() else len(line.encode())
            if len(line) >= LONGEST_LINE:
                most = f"longer than {LONGEST_LINE // 2**20} million characters"
                raise WrongInput(f"Line {self._number} of {self.label} is {most}; is it a CSV file?")
            yield line

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Each with the line that it begins on."""
        # Strict, or a wrong quote would swallow the rows behind it without a word.
        parsed = csv.reader(self._lines(), strict=True)
        while True:
            begin = self._number + 1
            try:
                row = next(parsed)
            except StopIteration:
                return
            except csv.Error as error:
                where = f"The row of {self.label} that begins on line {begin}"
                raise WrongInput(f"{where} has a wrong or open quote ({error}); correct it") from error
            yield begin, row

    def _read_header(self) -> Header:
        for _, row in self._records():
            if not is_blank(row):
                return Header(row, self._target, self.label, HOW)
        raise no_header(self.label, self._target)

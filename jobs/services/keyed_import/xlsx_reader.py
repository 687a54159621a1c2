"""The rows of an XLSX file's first sheet, as a person sees their cells."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from types import TracebackType

from jobs.exceptions import WrongInput
from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.header import Header, is_blank, no_header
from jobs.services.keyed_import.opened import OpenedFile
from jobs.services.keyed_import.reader import Place, Reader
from jobs.services.keyed_import.row_check import Values
from jobs.services.keyed_import.sheet import Sheet
from jobs.services.keyed_import.target import Target

MOST_UNPACKED = 2**30  # bytes: a full sheet of 1,048,576 rows and seven columns has half of it
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
# What the standard library says of archives that are damaged, or have members that it cannot read.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError),
    *(ValueError, EOFError, OverflowError, RuntimeError),
)
HOW = "its first row has to name the columns"


class XlsxReader(Reader):
    """Raises WrongInput where there is no sheet to be read, or its first row lacks a column.

    A place is a number of rows: the sheet is read from its beginning, and those before it are passed over.
    """

    def __init__(self, file: OpenedFile, target: Target) -> None:
        super().__init__(file)
        _refuse(file)
        self._number = 0
        self._sheet = Sheet(file.path, self.label)
        self._rows = self._sheet.rows()
        try:
            self._header = self._read_header(target)
        except BaseException:
            self._sheet.close()
            raise
        self._begin = self._number
        self.columns = self._header.columns
        self.ignored_columns = [name for name in self._header.ignored if name]

    def __enter__(self) -> "XlsxReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._sheet.close()

    @property
    def place(self) -> Place:
        return Place(0, self._number)

    def rows_behind(self, place: Place | None = None) -> int:
        return max(0, self._sheet.height - (place.number if place else self._begin))

    def rows(self, place: Place | None = None) -> Iterator[tuple[int, Values | Rejected]]:
        begin = place.number if place else self._begin
        for number, row in self._rows:
            values = self._header.values(row) if number > begin and not is_blank(row) else None
            if values is not None:
                self._number = number
                yield number, values

    def _read_header(self, target: Target) -> Header:
        for number, row in self._rows:
            if not is_blank(row):
                self._number = number
                return Header(row, target, self.label, HOW)
        raise no_header(self.label, target)


def _refuse(file: OpenedFile) -> None:
    """What says already from outside that it cannot be read."""
    label, binary = file.label, file.binary
    if file.is_packed:
        raise WrongInput(f"{label} is packed, which XLSX files are by themselves; unpack it with gunzip")
    if binary.read(len(OLD_OFFICE)) == OLD_OFFICE:
        what = "is protected by a password, or of a format older than XLSX"
        raise WrongInput(f"{label} {what}; save it as XLSX without a password")
    try:
        with zipfile.ZipFile(binary) as archive:
            size = sum(member.file_size for member in archive.infolist())
            # The parser reads a damaged sheet up to where it has seen enough, without a word.
            damaged = archive.testzip() if size <= MOST_UNPACKED else None
    except UNREADABLE as error:
        raise WrongInput(f"{label} is no XLSX file, or is damaged ({error}); save it anew") from error
    if size > MOST_UNPACKED:
        sizes = f"{size / 2**30:,.1f} GiB, and {MOST_UNPACKED // 2**30} GiB is the most"
        raise WrongInput(f"{label} would unpack to {sizes}; save it as CSV")
    if damaged:
        raise WrongInput(f"{label} is damaged in {damaged!r}; save or copy it anew")

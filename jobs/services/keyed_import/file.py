"""A file of rows with its reader: which format it has, and where it is no text.

What is wrong with the file as a whole raises WrongInput; what is wrong with one row is that row's matter.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast, get_args

from jobs.accepts import Accepts
from jobs.exceptions import WrongInput
from jobs.services.keyed_import.csv_reader import CsvReader
from jobs.services.keyed_import.json_reader import JsonReader
from jobs.services.keyed_import.opened import OpenedFile, opened
from jobs.services.keyed_import.reader import Reader
from jobs.services.keyed_import.target import Target
from jobs.services.keyed_import.text_reader import TextReader
from jobs.services.keyed_import.xlsx_reader import XlsxReader

Format = Literal["csv", "json", "xlsx"]

# A .txt may be any of them, where its format is said.
UPLOADS = Accepts(suffixes=(".csv", ".json", ".xlsx", ".txt", ".gz"))
TEXTS: dict[str, type[TextReader]] = {"csv": CsvReader, "json": JsonReader}
CHUNK = 65_536  # bytes


@contextmanager
def import_file(path: Path, target: Target, format_: Format | None = None) -> Iterator[Reader]:
    """Without a format it is that of the file's name. Raises WrongInput, also while the rows are read."""
    with opened(path) as file:
        format_ = format_ or _format_of(path)
        if format_ == "xlsx":
            with XlsxReader(file, target) as sheet:
                yield sheet
        else:
            with _text(file) as text:
                yield TEXTS[format_](file, text, target)


def _format_of(path: Path) -> Format:
    name = path.name.lower().removesuffix(".gz")
    for known in get_args(Format):
        if name.endswith(f".{known}"):
            return cast(Format, known)
    endings = "none of .csv, .json and .xlsx"
    raise WrongInput(f"{path.name!r} ends in {endings}; say which format it has, as in --format csv")


@contextmanager
def _text(file: OpenedFile) -> Iterator[io.TextIOWrapper]:
    with io.TextIOWrapper(file.binary, encoding="utf-8-sig", newline="") as text:
        try:
            yield text
        except UnicodeDecodeError as error:
            raise WrongInput(_undecodable(file.binary, file.label, error)) from error


def _undecodable(binary: BinaryIO, label: str, error: UnicodeDecodeError) -> str:
    # What the decoder was given ends where the file was read to.
    offset = binary.tell() - len(error.object) + error.start
    line, column = _place(binary, offset)
    byte = error.object[error.start]
    return f"{label} is not UTF-8: byte {column} of line {line} is 0x{byte:02x}; save the file as UTF-8"


def _place(binary: BinaryIO, offset: int) -> tuple[int, int]:
    """Line and byte of the line, both from 1, of a byte of the file."""
    binary.seek(0)
    line, column = 1, 0
    while offset > 0 and (chunk := binary.read(min(offset, CHUNK))):
        offset -= len(chunk)
        breaks = chunk.count(b"\n")
        line += breaks
        column = len(chunk) - chunk.rfind(b"\n") - 1 if breaks else column + len(chunk)
    return line, column + 1

"""A file of products, opened: which kind it is, and what keeps it from being read at all.

What is wrong with the file as a whole raises WrongInput; what is wrong with one row is that row's matter.
"""

import errno
import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from jobs.exceptions import WrongInput
from jobs.services.product_csv import CsvReader
from jobs.services.product_json import JsonReader
from jobs.services.product_reader import ProductReader

READERS: dict[str, type[ProductReader]] = {".csv": CsvReader, ".json": JsonReader}
CHUNK = 65_536  # bytes
NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}


@contextmanager
def product_file(path: Path) -> Iterator[ProductReader]:
    """Raises WrongInput, also while the rows are read."""
    label = repr(path.name)
    with _opened(path) as binary:
        reader = READERS.get(path.suffix.lower())
        if reader is None:
            raise WrongInput(f"{label} ends neither in .csv nor in .json; give it the ending of its format")
        with io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as text:
            try:
                yield reader(text, label)
            except UnicodeDecodeError as error:
                raise WrongInput(_undecodable(binary, label, error)) from error


def _opened(path: Path) -> BinaryIO:
    shown = repr(str(path))
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return path.open("rb")
    except PermissionError as error:
        raise WrongInput(f"{shown} may not be read by this user; allow it, or copy the file") from error
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno not in NOT_THERE:
            raise  # A disk or a network that fails now may work later.
        raise WrongInput(f"There is no file {shown}; give the path of a CSV or JSON file") from error
    what = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
    raise WrongInput(f"{shown} is {what}; give the path of a CSV or JSON file")


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

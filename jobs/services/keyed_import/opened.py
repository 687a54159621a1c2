"""A file, opened: its bytes, unpacked where they are gzip, and what keeps them from being read at all."""

import errno
import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from jobs.exceptions import WrongInput

GZIP = b"\x1f\x8b"  # no text begins so: the second byte cannot begin a character of UTF-8
NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}


@dataclass(frozen=True, kw_only=True)
class OpenedFile:
    """`stamp` tells a file from the same one after a change; `binary` is unpacked already."""

    path: Path
    label: str
    stamp: str
    binary: BinaryIO
    is_packed: bool


@contextmanager
def opened(path: Path) -> Iterator[OpenedFile]:
    """Raises WrongInput, also while it is read."""
    label = repr(path.name)
    with _opened(path) as plain:
        facts = os.fstat(plain.fileno())
        is_packed = path.suffix.lower() == ".gz" or plain.read(len(GZIP)) == GZIP
        plain.seek(0)
        binary = cast(BinaryIO, gzip.GzipFile(fileobj=plain)) if is_packed else plain
        stamp = f"{facts.st_size} bytes of {facts.st_mtime_ns}"
        try:
            yield OpenedFile(path=path, label=label, stamp=stamp, binary=binary, is_packed=is_packed)
        except EOFError as error:
            raise WrongInput(f"{label} is cut off: its gzip data have no end; copy the file anew") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise WrongInput(f"{label} is no sound gzip file ({error}); pack or copy it anew") from error


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
        raise WrongInput(f"There is no file {shown}; give the path of a CSV, JSON or XLSX file") from error
    what = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
    raise WrongInput(f"{shown} is {what}; give the path of a CSV, JSON or XLSX file")

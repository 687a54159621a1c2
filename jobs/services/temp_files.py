"""Temporary files on disk: none is touched that is not inside `settings.TEMP_FILES`.

A name is walked directory by directory, each opened in the one before it and never through a symbolic link:
what was found inside is still inside when it is removed, whatever somebody puts in its place meanwhile.
"""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import PurePosixPath

from django.conf import settings

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY

logger = logging.getLogger(__name__)


class Place(Enum):
    """Where a name leads; ELSEWHERE is anything but a file of ours."""

    HERE = auto()
    GONE = auto()
    ELSEWHERE = auto()


def place_of(name: str) -> Place:
    """Without following the last part, where that is a link."""
    try:
        with _directory_of(name) as directory:
            found = os.stat(PurePosixPath(name).name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return Place.GONE
    except OSError:
        return Place.ELSEWHERE
    return Place.ELSEWHERE if stat.S_ISDIR(found.st_mode) else Place.HERE


def remove_files(names: list[str]) -> None:
    """A link goes, and not what it leads to; what cannot be removed is logged."""
    for name in names:
        try:
            with _directory_of(name) as directory:
                os.unlink(PurePosixPath(name).name, dir_fd=directory)
        except FileNotFoundError:
            pass
        except OSError as error:
            logger.warning("The temporary file %r could not be removed: %s", name, error)


@contextmanager
def _directory_of(name: str) -> Iterator[int]:
    """The open directory that the file is in. Raises OSError where the way to it leads out."""
    path = PurePosixPath(name)
    # Another spelling of a name would be a second row for one file, and take it from the first.
    if str(path) != name or path.is_absolute() or ".." in path.parts or not path.name:
        raise OSError(f"{name!r} is no path below {settings.TEMP_FILES}")
    directory = os.open(settings.TEMP_FILES, DIRECTORY)
    try:
        for part in path.parts[:-1]:
            outer, directory = directory, os.open(part, DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)
            os.close(outer)
        yield directory
    finally:
        os.close(directory)

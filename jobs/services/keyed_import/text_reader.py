"""What the readers of text files have in common: they go on from a byte."""

import io
import os
from typing import ClassVar

from jobs.services.keyed_import.opened import OpenedFile
from jobs.services.keyed_import.reader import Place, Reader
from jobs.services.keyed_import.target import Target
from jobs.sources import BOM, CHUNK


class TextReader(Reader):
    """Packed text is read from its beginning to get to a byte of it, at some 300 megabytes a second."""

    ROW_SIGN: ClassVar[bytes]  # a byte of which a file has as many as rows, more or less

    def __init__(self, file: OpenedFile, text: io.TextIOWrapper, target: Target) -> None:
        super().__init__(file)
        self._begin = Place(len(BOM) if file.binary.read(len(BOM)) == BOM else 0, 0)
        file.binary.seek(0)
        self._is_packed = file.is_packed
        self._text = text
        self._target = target

    def rows_behind(self, place: Place | None = None) -> int | None:
        """At a gigabyte a second; None for packed text, which would have to be unpacked for it."""
        if self._is_packed:
            return None
        descriptor, offset, found = self._text.fileno(), place.byte if place else 0, 0
        while chunk := os.pread(descriptor, CHUNK, offset):
            offset += len(chunk)
            found += chunk.count(self.ROW_SIGN)
        return found

"""The lines of a file between two of its bytes, in pieces that fit into memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from jobs.exceptions import WrongInput
from jobs.sources import Source

PIECE = 1 << 20  # bytes
LONGEST_LINE = 1 << 24  # bytes: bounds the memory that a file without line breaks can take


class FileLines(Source[bytes]):
    """Lines that begin in [begin, end), without their breaks; a position is the byte that a line begins at.

    Raises WrongInput for a line that is too long.
    """

    def __init__(self, path: Path, begin: int, end: int) -> None:
        self._path = path
        with path.open("rb") as file:
            self._begin, self._end = _line_at(file, begin), _line_at(file, end)

    def batches(self, position: int | None, size: int) -> Iterator[tuple["Lines", int]]:
        """`size` is the number of bytes of a batch, more or less."""
        at = self._begin if position is None else position
        with self._path.open("rb") as file:
            file.seek(at)
            while at < self._end and (piece := self._piece(file, min(size, self._end - at))):
                at += len(piece)
                yield Lines(piece), at

    def remaining(self, position: int | None) -> int:
        return max(0, self._end - (self._begin if position is None else position))

    def weight(self, batch: Sequence[bytes]) -> int:
        return cast(Lines, batch).size

    def _piece(self, file: BinaryIO, size: int) -> bytes:
        """Up to the end of a line."""
        piece = file.read(size)
        if piece.endswith(b"\n"):
            return piece
        rest = file.readline(LONGEST_LINE)
        if len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            most = f"more than {LONGEST_LINE >> 20} MiB"
            raise WrongInput(f"{self._path.name!r} has a line of {most}; is it a text file?")
        return piece + rest


class Lines(Sequence[bytes]):
    """`size` is in bytes, line breaks included."""

    def __init__(self, piece: bytes) -> None:
        self.size = len(piece)
        self._lines = piece.removesuffix(b"\n").split(b"\n")

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:  # type: ignore[override]
        return self._lines[index]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._lines)


def _line_at(file: BinaryIO, byte: int) -> int:
    """Where the first line begins that begins at that byte or behind it."""
    if byte == 0:
        return 0
    file.seek(byte - 1)
    while (piece := file.readline(PIECE)) and not piece.endswith(b"\n"):
        pass
    return file.tell()


def ranges(begin: int, end: int, parts: int) -> list[range]:
    """So many parts of those bytes, of the same size; fewer where there are fewer bytes."""
    step = max(1, -(-(end - begin) // parts))
    return [range(each, min(each + step, end)) for each in range(begin, end, step)]

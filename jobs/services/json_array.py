"""The items of a JSON array of any size, one at a time, in memory bounded by the longest item.

By hand over the standard library's scanner, since ijson 3.6 is not safe with files of strangers: a whole
number of 5,000 digits crashes the process, and its memory grows with the square of the nesting.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from jobs.exceptions import WrongInput

CHUNK = 65_536  # characters
LONGEST_ITEM = 2**24  # characters
LONGEST_CUT = 2  # characters: of a number that is cut, so many may be no number without the rest

# Numbers stay as they are written: exact, and of any length.
decode = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).raw_decode
blank = re.compile(r"[ \t\n\r]*").match


class JsonArray:
    """A window on the text that moves forward.

    `number` items end before `byte`. The text stands at that byte when it is given: at the beginning of the
    file, or behind an item, to read on from there.
    """

    def __init__(self, stream: TextIO, label: str, byte: int = 0, number: int = 0) -> None:
        self.number = number
        self._stream = stream
        self._label = label
        self._begin = byte
        self._text = ""
        self._at = 0
        self._end: int | None = None

    @property
    def byte(self) -> int:
        return self._begin + len(self._text[: self._at].encode()) if self._end is None else self._end

    def items(self) -> Iterator[Any]:
        """Numbers come as their text. Raises WrongInput, UnicodeDecodeError."""
        closed = self._goes_on_closed() if self.number else self._begins_closed()
        while not closed:
            yield self._next_item()
            closed = self._goes_on_closed()
        # What is behind the bracket is looked at too, but whoever reads on finds the bracket.
        self._end = self.byte
        self._skip_sign()
        self._expect("")

    def _begins_closed(self) -> bool:
        if self._next_sign() != "[":
            wanted = "it has to begin with [ and hold one object a row"
            raise WrongInput(f"{self._label} is no JSON array; {wanted}")
        self._skip_sign()
        return self._next_sign() == "]"

    def _goes_on_closed(self) -> bool:
        closed = self._next_sign() == "]"
        if not closed:
            self._expect(",")
        return closed

    def _next_sign(self) -> str:
        """The next character that is not blank, or an empty text at the end."""
        while True:
            match = blank(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def _skip_sign(self) -> None:
        self._at += 1

    def _expect(self, sign: str) -> None:
        found = self._next_sign()
        if found != sign:
            raise self._wrong(f"{found or 'its end'!r} instead of {sign or 'its end'!r}")
        self._skip_sign()

    def _next_item(self) -> Any:
        self._next_sign()
        self.number += 1
        while True:
            try:
                item, end = decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._read_on():
                    raise self._wrong(error.msg) from error
            except RecursionError as error:
                raise self._wrong("nested too deeply") from error
            else:
                # A number may go on behind the window: 1.5 is whole in '1.5,' but not in '1.5e+'.
                if len(self._text) - end > LONGEST_CUT or not self._read_on():
                    self._at = end
                    return item

    def _read_on(self) -> bool:
        rest = self._text[self._at :]
        if len(rest) > LONGEST_ITEM:
            most = LONGEST_ITEM // 2**20
            raise self._wrong(f"longer than {most} million characters, or not closed")
        # Twice as far each time, so that a long item is not scanned again for every chunk.
        more = self._stream.read(max(CHUNK, len(rest)))
        if more:
            self._begin = self.byte
            self._text, self._at = rest + more, 0
        return bool(more)

    def _wrong(self, what: str) -> WrongInput:
        where = f"{self._label} is not valid JSON at item {self.number} ({what})"
        return WrongInput(f"{where}; it may be cut off: write the file anew")

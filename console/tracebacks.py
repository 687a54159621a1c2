"""The text of a traceback in pieces: our own frames to read, those of libraries to fold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

FRAME = re.compile(r'[ |+]*File "(?P<path>[^\n]*)", line \d+(?:, in [^\n]*)?')
BELOW_A_FRAME = re.compile(r"[ |]*    |[ |]*  \[Previous line repeated ")
LIBRARY = re.compile(r"(?:^|[/\\])(?:site-packages|dist-packages|lib[/\\]python\d[^/\\]*)[/\\]|^<")


class Kind(StrEnum):
    WORDS = "words"  # headings, what was raised, and how one error came of another
    OURS = "ours"
    LIBRARY = "library"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """`frames` is how many a LIBRARY piece folds; `is_last`: no frame of ours is nearer to its error."""

    kind: Kind
    text: str
    frames: int = 1
    is_last: bool = False


def pieces(traceback: str) -> list[Piece]:
    """Joined they are the text again."""
    found = [_folded(kind, list(texts)) for kind, texts in groupby(_frames(traceback), lambda each: each[0])]
    return _marked([piece for several in found for piece in several])


def _frames(traceback: str) -> Iterator[tuple[Kind, str]]:
    """Each frame with the lines of source below it, and each other line."""
    kind, text = Kind.WORDS, ""
    for line in traceback.splitlines(keepends=True):
        if found := FRAME.fullmatch(line.rstrip("\r\n")):
            if text:
                yield kind, text
            kind, text = Kind.LIBRARY if LIBRARY.search(found["path"]) else Kind.OURS, line
        elif kind is not Kind.WORDS and BELOW_A_FRAME.match(line):
            text += line
        else:
            if text:
                yield kind, text
            kind, text = Kind.WORDS, line
    if text:
        yield kind, text


def _folded(kind: Kind, frames: list[tuple[Kind, str]]) -> list[Piece]:
    texts = [text for _, text in frames]
    if kind is Kind.OURS:
        return [Piece(kind=kind, text=text) for text in texts]
    return [Piece(kind=kind, text="".join(texts), frames=len(texts))]


def _marked(found: list[Piece]) -> list[Piece]:
    """The last of ours before the words that say what was raised."""
    marked: list[Piece] = []
    is_sought = True
    for piece in reversed(found):
        is_sought = is_sought or piece.kind is Kind.WORDS
        is_last = is_sought and piece.kind is Kind.OURS
        is_sought = is_sought and not is_last
        marked.append(Piece(kind=piece.kind, text=piece.text, frames=piece.frames, is_last=is_last))
    return marked[::-1]

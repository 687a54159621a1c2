"""What somebody looks for, as words: `job:import_products error:"no answer"`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

NAME = r"[^\W\d][\w.]*"  # it begins with a letter, as 12:30 does not
WORD = re.compile(
    rf"""(?P<empty>{NAME}):(?=\s|$)
        | (?:(?P<key>{NAME}):)?
          (?:"(?P<double>[^"]*)(?:"|$) | '(?P<single>[^']*)(?:'|$) | (?P<bare>\S+))""",
    re.VERBOSE,
)
NEEDS_QUOTES = re.compile(r"^['\"]|\s|^$")


@dataclass(frozen=True, kw_only=True)
class Token:
    """`key` is empty where somebody has written a value alone."""

    key: str
    value: str

    def __str__(self) -> str:
        value = self.value
        if NEEDS_QUOTES.search(value):
            quote = "'" if '"' in value else '"'
            value = f"{quote}{value}{quote}"
        return f"{self.key}:{value}" if self.key else value


def tokens_of(text: str) -> list[Token]:
    """In the order they were written, each once; a quote that is never closed ends with the text."""
    found = (
        Token(
            key=(match["key"] or match["empty"] or "").lower(),
            value=next((match[kind] for kind in ("double", "single", "bare") if match[kind]), ""),
        )
        for match in WORD.finditer(text.replace("\x00", ""))
    )
    return list(dict.fromkeys(found))


def written(tokens: Iterable[Token]) -> str:
    return " ".join(map(str, tokens))

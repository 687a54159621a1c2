"""What a column of a target holds, and how a value of a file becomes one of it.

A field is a value as COPY's text format has it.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.db.models import Model

from jobs.services.keyed_import.moments import moment_in_utc

LONGEST_NUMBER = 64  # characters: far more than a number has, far fewer than cost time to calculate with
AMOUNT_LIMIT = Decimal(10) ** 10
CENT = Decimal("0.01")
MOST_COUNTED = 2**31 - 1

# Spelled out, since \d knows the digits of every script, and Decimal() takes 1_000 and NaN.
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
COPY_NULL = r"\N"
IN_AN_ARRAY = str.maketrans({"\\": r"\\", '"': r"\""})


class Rejected(Exception):
    """Why a row is not taken, in few distinct words: they are what rejected rows are grouped by."""

    def __init__(self, reason: str, *, key: str = "") -> None:
        self.reason = reason
        self.key = key
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class Column(ABC):
    """`label` is what people call it."""

    name: str
    label: str
    is_required: bool = False

    EMPTY: ClassVar[str] = ""  # the field of a value that is empty
    IS_CONVERTED: ClassVar[bool] = False  # whether a value that fits the pattern is no field yet
    HOLDS_SEVERAL: ClassVar[bool] = False  # whether a JSON file may have a list here

    @abstractmethod
    def pattern(self, *, without: str = "") -> str:
        """Of a value that is right as it is: no blanks around it, nothing to escape, none of those signs."""

    def field(self, value: str | None) -> str:
        """None is a value that the row does not have. Raises Rejected."""
        if value is None:
            return COPY_NULL
        text = value.strip()
        if text:
            return self._field(text)
        if self.is_required:
            raise Rejected(f"no {self.label}")
        return self.EMPTY

    @abstractmethod
    def _field(self, text: str) -> str:
        """Raises Rejected."""


@dataclass(frozen=True, kw_only=True)
class TextColumn(Column):
    """`longest` in characters."""

    longest: int

    def pattern(self, *, without: str = "") -> str:
        some = rf"(?!\s)[^\t\n\r\\\x00\ud800-\udfff{without}]{{1,{self.longest}}}+(?<!\s)"
        return some if self.is_required else f"(?:{some})?"

    def _field(self, text: str) -> str:
        return _storable(text, self.longest, self.label).translate(COPY_ESCAPES)


def text_of(model: type[Model], name: str, *, label: str = "", is_required: bool = False) -> TextColumn:
    """As long as the field of that model."""
    longest = getattr(model._meta.get_field(name), "max_length", None) or 0
    return TextColumn(name=name, label=label or name, longest=longest, is_required=is_required)


@dataclass(frozen=True, kw_only=True)
class AmountColumn(Column):
    """Money, with two decimals."""

    may_be_negative: bool = False

    def pattern(self, *, without: str = "") -> str:
        return ("-?" if self.may_be_negative else "") + r"[0-9]{1,10}(?:\.[0-9]{1,2})?"

    def _field(self, text: str) -> str:
        amount = _number(text, self.label, "3.99")
        if amount < 0 and not self.may_be_negative:
            raise Rejected(f"{self.label} is negative")
        if abs(amount) >= AMOUNT_LIMIT:
            raise Rejected(f"{self.label} is too large")
        rounded = amount.quantize(CENT)
        if rounded != amount:
            raise Rejected(f"{self.label} has more than two decimals")
        return str(rounded)


@dataclass(frozen=True, kw_only=True)
class CountColumn(Column):
    """A whole number that is not negative."""

    EMPTY = "0"

    def pattern(self, *, without: str = "") -> str:
        return "[0-9]{1,9}"

    def _field(self, text: str) -> str:
        number = _number(text, self.label, "3")
        if number < 0:
            raise Rejected(f"{self.label} is negative")
        if number > MOST_COUNTED:
            raise Rejected(f"{self.label} is too large")
        if number != int(number):
            raise Rejected(f"{self.label} is not a whole number")
        return str(int(number))


@dataclass(frozen=True, kw_only=True)
class MomentColumn(Column):
    """A date and time; without a zone it is one of the service's zone, the first where there are two."""

    IS_CONVERTED = True

    def pattern(self, *, without: str = "") -> str:
        return r"[0-9TZ:. +-]{8,40}(?<!\s)"

    def _field(self, text: str) -> str:
        try:
            return moment_in_utc(text)
        except ValueError as error:
            raise Rejected(f"{self.label} {error}") from error


@dataclass(frozen=True, kw_only=True)
class ListColumn(Column):
    """Texts with `;` between them; `longest` is that of each, in characters."""

    longest: int

    EMPTY = "{}"
    IS_CONVERTED = True
    HOLDS_SEVERAL = True

    def pattern(self, *, without: str = "") -> str:
        return rf"[^\t\n\r\\\x00\ud800-\udfff{without}]*"

    def _field(self, text: str) -> str:
        items = [item for part in text.split(";") if (item := part.strip())]
        for item in items:
            _storable(item, self.longest, f"one of the {self.label}")
        quoted = ",".join(f'"{item.translate(IN_AN_ARRAY)}"' for item in items)
        return f"{{{quoted}}}".translate(COPY_ESCAPES)


def _storable(text: str, longest: int, label: str) -> str:
    if len(text) > longest:
        raise Rejected(f"{label} is too long")
    if UNSTORABLE.search(text):
        raise Rejected(f"{label} holds a character that cannot be stored")
    return text


def _number(text: str, label: str, example: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise Rejected(f"{label} is too long")
    if NUMBER.fullmatch(text):
        try:
            return Decimal(text)
        except InvalidOperation:
            pass  # An exponent that even a Decimal cannot hold.
    raise Rejected(f"{label} is not a number such as {example}")

"""What makes a row a product: each value stripped, complete, and short enough for its column."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.db.models import CharField

from jobs.models.product import Product

REQUIRED = ("sku", "name", "price")
OPTIONAL = ("category", "department", "brand", "package_size")
COLUMNS = REQUIRED + OPTIONAL

LABELS = {column: column.replace("_", " ") for column in COLUMNS} | {"sku": "SKU"}
LONGEST = {
    field.name: field.max_length or 0 for field in Product._meta.get_fields() if isinstance(field, CharField)
}
LONGEST_PRICE = 64  # characters: far more than a price has, far fewer than cost time to calculate with
PRICE_LIMIT = Decimal(10) ** 10
CENT = Decimal("0.01")

# Spelled out, since \d knows the digits of every script, and Decimal() takes 1_000 and NaN.
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
COPY_NULL = r"\N"

# A value None is one that the row does not have.
Values = Sequence[str | None]


class Rejected(Exception):
    """Why a row is no product, in few distinct words: they are what rejected rows are grouped by."""

    def __init__(self, reason: str, *, sku: str = "") -> None:
        self.reason = reason
        self.sku = sku
        super().__init__(reason)


class RowCheck:
    """Makes the line of COPY's text format from the values of a row, given in the order of `columns`.

    Nearly every row is right as it stands. One regular expression over the whole row sees that many times
    faster than Python looks at the values one by one, which is left for the others.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self._is_right = re.compile("\t".join(map(_pattern, columns))).fullmatch
        self._in_order = [column for column in COLUMNS if column in columns]

    def line(self, number: int, row: Values | Rejected) -> str:
        """Raises Rejected, and so passes on what the reader of the file rejected already."""
        if isinstance(row, Rejected):
            raise row
        try:
            text = "\t".join(row)  # type: ignore[arg-type] # a None in it is the error below
        except TypeError:
            text = ""
        if self._is_right(text):
            return f"{number}\t{text}\n"
        text = "\t".join(self._checked(dict(zip(self.columns, row, strict=True))))
        return f"{number}\t{text}\n"

    def _checked(self, row: dict[str, str | None]) -> list[str]:
        try:
            fields = {column: _field(column, row[column]) for column in self._in_order}
        except Rejected as rejected:
            rejected.sku = (row["sku"] or "").strip()
            raise
        return [fields[column] for column in self.columns]


def _pattern(column: str) -> str:
    """Of a value that needs neither stripping nor escaping, and is right."""
    if column == "price":
        return r"[0-9]{1,10}(?:\.[0-9]{1,2})?"
    some = rf"(?!\s)[^\t\n\r\\\x00\ud800-\udfff]{{1,{LONGEST[column]}}}+(?<!\s)"
    return some if column in REQUIRED else f"(?:{some})?"


def _field(column: str, value: str | None) -> str:
    if value is None:
        return COPY_NULL
    text = value.strip()
    if column in REQUIRED and not text:
        raise Rejected(f"no {LABELS[column]}")
    if column == "price":
        return _price(text)
    if len(text) > LONGEST[column]:
        raise Rejected(f"{LABELS[column]} is too long")
    if UNSTORABLE.search(text):
        raise Rejected(f"{LABELS[column]} holds a character that cannot be stored")
    return text.translate(COPY_ESCAPES)


def _price(text: str) -> str:
    if len(text) > LONGEST_PRICE:
        raise Rejected("price is too long")
    price = _number(text)
    if price < 0:
        raise Rejected("price is negative")
    if price >= PRICE_LIMIT:
        raise Rejected("price is too large")
    rounded = price.quantize(CENT)
    if rounded != price:
        raise Rejected("price has more than two decimals")
    return str(rounded)


def _number(text: str) -> Decimal:
    if NUMBER.fullmatch(text):
        try:
            return Decimal(text)
        except InvalidOperation:
            pass  # An exponent that even a Decimal cannot hold.
    raise Rejected("price is not a number such as 3.99")

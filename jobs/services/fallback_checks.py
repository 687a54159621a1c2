"""Whether a row of a product file can be imported, and why not."""

import re
from collections.abc import Sequence

PRICE = re.compile(r"\d{1,10}(?:\.\d{1,2}0*)?")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
SPECIAL = re.compile(r"[\\\t\n\r]")
LENGTHS = {"sku": 64, "name": 255, "category": 120, "department": 120, "brand": 120, "package_size": 120}
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class RowCheck:
    """Turns the values of one row into a line of COPY text."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._sku, self._name, self._price = (columns.index(name) for name in ("sku", "name", "price"))
        self._lengths = [(columns.index(name), most) for name, most in LENGTHS.items() if name in columns]
        self._columns = columns
        self._separators = len(columns) - 1

    def line(self, values: Sequence[str]) -> str | None:
        """The line without its end, or None for a row that `reason` explains."""
        values = [value.strip() for value in values]
        if not (values[self._sku] and values[self._name] and PRICE.fullmatch(values[self._price])):
            return None
        for index, most in self._lengths:
            if len(values[index]) > most:
                return None
        # One pass for all fields: NUL joins them, so one too many is one that stood in a value.
        joined = "\0".join(values)
        if joined.count("\0") != self._separators:
            return None
        if SPECIAL.search(joined):
            joined = joined.translate(ESCAPES)
        return joined.replace("\0", "\t")

    def reason(self, values: Sequence[str]) -> str:
        """Why `line` refused it, in few words, so that many rows share them."""
        values = [value.strip() for value in values]
        for index, what in ((self._sku, "SKU"), (self._name, "name"), (self._price, "price")):
            if not values[index]:
                return f"no {what}"
        for index, most in self._lengths:
            if len(values[index]) > most:
                return f"{self._columns[index]} is longer than {most} characters"
        if any("\0" in value for value in values):
            return "a NUL byte"
        return _price_reason(values[self._price])


def _price_reason(price: str) -> str:
    if not NUMBER.fullmatch(price):
        return "price is not a number such as 3.99"
    if price.startswith("-"):
        return "price is negative"
    return "price has more than two decimals" if len(price.partition(".")[0]) <= 10 else "price is too large"

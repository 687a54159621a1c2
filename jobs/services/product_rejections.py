"""The rejected rows of an import: counted by reason, and written to a CSV file as they come."""

import csv
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

LONGEST_SKU = 64  # characters shown: a rejected SKU may be a page of text


class Rejections:
    """There is no file until there is a rejected row."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reasons: Counter[str] = Counter()
        self._open = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> "Rejections":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @property
    def count(self) -> int:
        return self._reasons.total()

    def add(self, line: int, sku: str, reason: str) -> None:
        if self._writer is None:
            # What cannot be encoded was perhaps the reason; it is then shown as an escape.
            file = self._path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
            self._writer = csv.writer(self._open.enter_context(file))
            self._writer.writerow(("line", "sku", "reason"))
        self._writer.writerow((line, sku[:LONGEST_SKU], reason))
        self._reasons[reason] += 1

    def by_reason(self) -> dict[str, int]:
        """The most frequent first."""
        return dict(self._reasons.most_common())

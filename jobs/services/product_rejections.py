"""The rejected rows of an import as a CSV file."""

import csv
from collections.abc import Iterable
from pathlib import Path

HEADER = ("line", "sku", "reason")


def write_rejections(rows: Iterable[tuple[int, bytes, str]], path: Path) -> None:
    """One line for each; a SKU comes in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows((line, sku.decode(), reason) for line, sku, reason in rows)

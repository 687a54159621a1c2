"""The rejected rows of an import as a CSV file."""

import csv
from collections.abc import Iterable
from pathlib import Path


def write_rejections(rows: Iterable[tuple[int, bytes, str]], key: str, path: Path) -> None:
    """One line for each; the value of the key comes in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("line", key, "reason"))
        writer.writerows((line, value.decode(), reason) for line, value, reason in rows)

"""What the tests of all product readers do with a file."""

from pathlib import Path

import pytest

from jobs.exceptions import WrongInput
from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.file import import_file
from jobs.services.products import PRODUCTS

HEADER = b"sku,name,price\n"


def file_of(directory: Path, content: bytes, name: str = "products.csv") -> Path:
    path = directory / name
    path.write_bytes(content)
    return path


def rows_of(path: Path) -> list[tuple[int, list[str | None] | str]]:
    """A rejected row as its reason."""
    found: list[tuple[int, list[str | None] | str]] = []
    with import_file(path, PRODUCTS) as file:
        for read in file.rows():
            if isinstance(read, str):
                lines = read.splitlines()
                begin = file.place.number - len(lines) + 1
                found += [(number, [*line.split("\t")]) for number, line in enumerate(lines, begin)]
            else:
                number, row = read
                found.append((number, row.reason if isinstance(row, Rejected) else list(row)))
    return found


def refusal_of(path: Path) -> str:
    with pytest.raises(WrongInput) as caught:
        rows_of(path)
    return str(caught.value)

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.services.keyed_import.file import import_file
from jobs.services.keyed_import.rows import CheckedRow, FileRows
from jobs.services.products import PRODUCTS
from tests.jobs.services.imported_rows import HEADER, file_of

CSV = HEADER + '1,"Tea\nfor two",3\n\n2,Grün 茶,1\r\n,Rice,1\n3,Salt,x\n4,Flour,1'.encode()
ITEMS: list[Any] = [{"sku": str(n), "name": "Grün 茶" * n, "price": n} for n in range(4)] + [7]
FILES = {
    "plain.csv": CSV,
    "marked.csv": b"\xef\xbb\xbf" + CSV,
    "plain.json": json.dumps(ITEMS).encode(),
    "marked.json": b"\xef\xbb\xbf" + json.dumps(ITEMS, ensure_ascii=False, indent=2).encode(),
}


def walked(path: Path, position: Any, size: int) -> list[tuple[list[CheckedRow], Any]]:
    with import_file(path, PRODUCTS) as file:
        return [
            (list(batch), list(place)) for batch, place in FileRows(file, PRODUCTS).batches(position, size)
        ]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_walk_goes_on_from_wherever_it_stood(tmp_path: Path, name: str, size: int) -> None:
    path = file_of(tmp_path, FILES[name], name)
    whole = walked(path, None, size)

    rests = [walked(path, position, size) for _, position in whole]

    assert rests == [whole[number + 1 :] for number in range(len(whole))]


@pytest.mark.parametrize("name", FILES)
def test_how_many_rows_are_left_is_guessed_well(tmp_path: Path, name: str) -> None:
    path = file_of(tmp_path, FILES[name], name)
    (_, position), *_ = walked(path, None, 2)

    with import_file(path, PRODUCTS) as file:
        left = [FileRows(file, PRODUCTS).remaining(each) for each in (None, position)]

    assert left == [pytest.approx(5, abs=2), pytest.approx(3, abs=2)]


@pytest.mark.parametrize("read_ahead", [False, True])
def test_reading_ahead_changes_neither_rows_nor_places(tmp_path: Path, read_ahead: bool) -> None:
    path = file_of(tmp_path, CSV)
    found = []

    with import_file(path, PRODUCTS) as file:
        rows = FileRows(file, PRODUCTS)
        for batch, position in rows.batches(None, 2):
            if read_ahead:
                rows.read_ahead()
            found.append((list(batch), list(position)))

    assert found == walked(path, None, 2)

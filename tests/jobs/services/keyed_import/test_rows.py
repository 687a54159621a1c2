import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jobs.services.keyed_import import csv_reader
from jobs.services.keyed_import.file import import_file
from jobs.services.keyed_import.rows import CheckedRows, FileRows, Rejection, number_of
from jobs.services.products import PRODUCTS
from tests.jobs.services.imported_rows import HEADER, file_of

CSV = HEADER + '1,"Tea\nfor two",3\n\n2,Grün 茶,1\r\n5,Egg,2\n6,Jam,1\n,Rice,1\n3,Salt,x\n4,Flour,1'.encode()
ITEMS: list[Any] = [{"sku": str(n), "name": "Grün 茶" * n, "price": n} for n in range(4)] + [7]
FILES = {
    "plain.csv": CSV,
    "marked.csv": b"\xef\xbb\xbf" + CSV,
    "plain.json": json.dumps(ITEMS).encode(),
    "marked.json": b"\xef\xbb\xbf" + json.dumps(ITEMS, ensure_ascii=False, indent=2).encode(),
}


def walked(path: Path, position: Any, size: int) -> list[tuple[list[CheckedRows], Any]]:
    with import_file(path, PRODUCTS) as file:
        return [
            (list(batch), list(place)) for batch, place in FileRows(file, PRODUCTS).batches(position, size)
        ]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("block", [1, 2**19])
def test_a_walk_goes_on_from_wherever_it_stood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: int, block: int
) -> None:
    monkeypatch.setattr(csv_reader, "BLOCK", block)
    path = file_of(tmp_path, FILES[name], name)
    whole = walked(path, None, size)

    rests = [walked(path, position, size) for _, position in whole]

    assert rests == [whole[number + 1 :] for number in range(len(whole))]


@pytest.mark.parametrize("name", FILES)
def test_how_many_rows_are_left_is_guessed_well(tmp_path: Path, name: str) -> None:
    path = file_of(tmp_path, FILES[name], name)
    (first, position), *others = walked(path, None, 2)
    behind = number_of([row for batch, _ in others for row in batch])

    with import_file(path, PRODUCTS) as file:
        left = [FileRows(file, PRODUCTS).remaining(each) for each in (None, position)]

    assert left == [pytest.approx(number_of(first) + behind, abs=1), pytest.approx(behind, abs=1)]


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


VALUES = st.text(alphabet='aé 茶,"\t\\\n\r.;-1\x00\u2028', max_size=6) | st.sampled_from(["1", "2.50", "Tea"])


@given(
    rows=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12),
    line_end=st.sampled_from(["\n", "\r\n"]),
    block=st.sampled_from([1, 30, 2**19]),
)
@hypothesis_settings(max_examples=300, deadline=None)
def test_lines_that_are_taken_as_they_are_become_what_the_parser_and_the_checks_make_of_them(
    rows: list[tuple[str, str, str]], line_end: str, block: int
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerows([("sku", "name", "price"), *rows])

    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        path = file_of(Path(directory), text.getvalue().encode())
        patch.setattr(csv_reader, "BLOCK", block)
        found = [each for batch, _ in walked(path, None, 3) for each in batch]
        patch.setattr(csv_reader, "right_lines", lambda target, columns: None)
        expected = [each for batch, _ in walked(path, None, 3) for each in batch]

    assert list(single(found)) == expected


def single(found: list[CheckedRows]) -> Iterator[CheckedRows]:
    """Each row by itself."""
    for each in found:
        yield from [each] if isinstance(each, Rejection) else [f"{line}\n" for line in each.split("\n")[:-1]]

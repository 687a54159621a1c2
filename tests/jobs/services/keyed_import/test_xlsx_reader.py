import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.file import import_file
from jobs.services.keyed_import.rows import FileRows
from jobs.services.products import PRODUCTS
from tests.jobs.services.imported_rows import file_of, refusal_of, rows_of
from tests.jobs.services.workbooks import workbook

HEADER = ["sku", "name", "price"]
SHEET = workbook([HEADER, ["1", "Tea", 3.99], ["2", "Milk", 1]])
DECLARED = 24  # bytes from the signature of an entry of the directory to its unpacked size


def xlsx(directory: Path, content: bytes) -> Path:
    return file_of(directory, content, "products.xlsx")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([HEADER, [25671, "Tea", 3.5]], [(2, ["25671", "Tea", "3.5"])], id="numbers"),
        pytest.param([[], [], HEADER, [1, "Tea", 1]], [(4, ["1", "Tea", "1"])], id="rows before the header"),
        pytest.param(
            [HEADER, [], [1, "Tea", 1], ["", " ", ""], [2, "Milk", 2], []],
            [(3, ["1", "Tea", "1"]), (5, ["2", "Milk", "2"])],
            id="empty rows",
        ),
        pytest.param([[None, *HEADER], [None, 1, "Tea", 1]], [(2, ["1", "Tea", "1"])], id="an empty column"),
        pytest.param(
            [HEADER, [1], [2, "Milk", 2, "more"]], [(2, ["1", "", ""]), (3, ["2", "Milk", "2"])], id="ragged"
        ),
        pytest.param(
            [["PRICE", "colour", "Sku", "name"], [1, "red", 2, "Tea"]], [(2, ["1", "2", "Tea"])], id="others"
        ),
        pytest.param([HEADER], [], id="only a header"),
        pytest.param(
            [HEADER, ["00123", "Grün 茶\n🍵", "1"]], [(2, ["00123", "Grün 茶\n🍵", "1"])], id="texts"
        ),
    ],
)
def test_a_row_of_a_sheet_comes_with_its_number(
    tmp_path: Path, rows: list[list[Any]], found: list[Any]
) -> None:
    assert rows_of(xlsx(tmp_path, workbook(rows))) == found


def test_the_first_sheet_that_a_person_sees_is_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path, workbook([HEADER, [1, "Tea", 1]], hidden_first=True))

    assert len(rows_of(path)) == 1


def test_columns_without_a_name_are_not_named_among_the_ignored(tmp_path: Path) -> None:
    with import_file(xlsx(tmp_path, workbook([[*HEADER, None, "colour"]])), PRODUCTS) as file:
        assert file.ignored_columns == ["colour"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_walk_of_a_sheet_goes_on_from_wherever_it_stood(tmp_path: Path, size: int) -> None:
    path = xlsx(tmp_path, workbook([[], HEADER, *([[n, "Tea", n], []][n % 2] for n in range(9)), [9, "", 1]]))

    def walked(position: Any) -> list[Any]:
        with import_file(path, PRODUCTS) as file:
            rows = FileRows(file, PRODUCTS)
            return [(list(batch), list(place)) for batch, place in rows.batches(position, size)]

    whole = walked(None)

    assert [walked(position) for _, position in whole] == [
        whole[number + 1 :] for number in range(len(whole))
    ]


def test_how_many_rows_are_left_is_known(tmp_path: Path) -> None:
    with import_file(xlsx(tmp_path, SHEET), PRODUCTS) as file:
        rows = FileRows(file, PRODUCTS)
        whole = rows.remaining(None)
        _, place = next(rows.batches(None, 1))

        assert (whole, rows.remaining(list(place))) == (2, 1)


def declaring(size: int) -> bytes:
    """A file that says of one of its members that it unpacks to so many bytes."""
    entry = SHEET.index(b"PK\x01\x02")
    return SHEET[: entry + DECLARED] + struct.pack("<I", size) + SHEET[entry + DECLARED + 4 :]


def damaged(member: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(SHEET)) as archive:
        begin = archive.getinfo(member).header_offset + len(member) + 40
    return SHEET[:begin] + b"\xff" * 60 + SHEET[begin + 60 :]


def other_number() -> bytes:
    """One that unpacks well, to what was not packed."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SHEET)) as source, zipfile.ZipFile(whole, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return whole.getvalue().replace(b"<v>3.99</v>", b"<v>4.99</v>")


def far_apart(cell: str) -> bytes:
    rows = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SHEET)) as source, zipfile.ZipFile(rows, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b'r="A3"', f'r="{cell}"'.encode()).replace(b'r="3"', b'r="1048576"')
            target.writestr(name, content)
    return rows.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(
            workbook([]), "is empty; its first line has to name the columns sku, name and price", id="empty"
        ),
        pytest.param(
            workbook([["sku", "name"]]), "has no column price; its first row has to name", id="no column"
        ),
        pytest.param(workbook([[*HEADER, "SKU"]]), "has the column sku twice", id="a column twice"),
        pytest.param(b"sku,name,price\n", "is no XLSX file, or is damaged", id="text"),
        pytest.param(b"", "is no XLSX file, or is damaged", id="nothing"),
        pytest.param(SHEET[: len(SHEET) // 2], "is no XLSX file, or is damaged", id="truncated"),
        pytest.param(
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4_000), "protected by a password", id="password"
        ),
        pytest.param(other_number(), "is damaged in 'xl/worksheets/sheet1.xml'", id="another number"),
        pytest.param(declaring(2**32 - 2), "would unpack to 4.0 GiB, and 1 GiB is the most", id="absurd"),
        pytest.param(
            far_apart("XFD1048576"),
            "its cells need more memory than there is for them",
            id="two cells far apart",
        ),
        pytest.param(far_apart("GR1048576"), "its cells need more memory", id="over the limit"),
        pytest.param(
            damaged("xl/worksheets/sheet1.xml"), "is no XLSX file, or is damaged (", id="damaged inside"
        ),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in refusal_of(xlsx(tmp_path, content))


def test_a_packed_sheet_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"\x1f\x8b", "products.xlsx.gz")

    assert "unpack it with gunzip" in refusal_of(path)


def test_a_row_of_a_sheet_is_never_too_short(tmp_path: Path) -> None:
    assert not any(isinstance(row, Rejected) for _, row in rows_of(xlsx(tmp_path, SHEET)))

from pathlib import Path

import pytest

from jobs.services.keyed_import.csv_reader import LONGEST_LINE
from jobs.services.keyed_import.file import import_file
from jobs.services.products import PRODUCTS
from tests.jobs.services.imported_rows import HEADER, file_of, refusal_of, rows_of


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(HEADER + b"1,Tea,3.99\n2,Milk,1\n", [(2, "Tea"), (3, "Milk")], id="plain"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + b"1,Tea,3.99\n", [(2, "Tea")], id="byte-order mark"),
        pytest.param(b"sku,name,price\r\n1,Tea,3.99\r\n2,Milk,1", [(2, "Tea"), (3, "Milk")], id="CRLF"),
        pytest.param(
            b"\n\n" + HEADER + b"\n1,Tea,3\n   \n2,Milk,1\n\n", [(5, "Tea"), (7, "Milk")], id="blanks"
        ),
        pytest.param(
            HEADER + b'1,"Tea\nfor two",3\n2,Milk,1\n', [(2, "Tea\nfor two"), (4, "Milk")], id="quoted"
        ),
        pytest.param(b" SKU ,Name,PRICE\n1,Tea,3\n", [(2, "Tea")], id="capitals in the header"),
        pytest.param(HEADER + "1,Grüner Tee 茶 🍵,3\n".encode(), [(2, "Grüner Tee 茶 🍵")], id="any script"),
        pytest.param(HEADER, [], id="only a header"),
    ],
)
def test_a_row_of_a_csv_file_comes_with_the_line_it_begins_on(
    tmp_path: Path, content: bytes, rows: list[tuple[int, str]]
) -> None:
    path = file_of(tmp_path, content)

    found = [(line, row[1]) for line, row in rows_of(path)]

    assert found == rows


@pytest.mark.parametrize(
    ("row", "reason"), [(b"1,Tea", "too few fields"), (b"1,Tea,3.99,", "too many fields")]
)
def test_a_row_with_a_wrong_number_of_fields_is_rejected_alone(
    tmp_path: Path, row: bytes, reason: str
) -> None:
    path = file_of(tmp_path, HEADER + row + b"\n2,Milk,1\n")

    rows = rows_of(path)

    assert rows == [(2, reason), (3, ["2", "Milk", "1"])]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n\n", "is empty"),
        (b"25671,ICE,3.49\n", "has no column sku and no column name and no column price"),
        (b"sku;name;price\n1;Tea;3\n", "separated by commas, and is: 'sku;name;price'"),
        (b"sku,name\n1,Tea\n", "has no column price"),
        (b"sku,name,price, Name\n", "has the column name twice"),
        (HEADER + b'1,"Tea,3.99\n2,Milk,1\n', "begins on line 2 has a wrong or open quote"),
        (HEADER + b'1,"Tea"s,3.99\n', "begins on line 2 has a wrong or open quote"),
        (HEADER + b"1,Tea,3\n2,Caf\xe9,1\n", "is not UTF-8: byte 6 of line 3 is 0xe9"),
        (HEADER + b"1,Tea,3\n" * 50_000 + b"2,Caf\xe9", "is not UTF-8: byte 6 of line 50002 is 0xe9"),
        ("sku,name,price\n".encode("utf-16"), "is not UTF-8: byte 1 of line 1 is 0xff"),
        (HEADER + b"1,Tea,3\n2,Caf\xc3", "is not UTF-8: byte 6 of line 3 is 0xc3"),
        (HEADER + b"1," + b"x" * (LONGEST_LINE + 1), "Line 2 of 'products.csv' is longer than 16 million"),
        (HEADER + b'1,"' + b"x\n" * (LONGEST_LINE // 2 + 1), "begins on line 2 has a wrong or open quote"),
    ],
)
def test_a_csv_file_that_cannot_be_read_is_refused_with_the_place(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = file_of(tmp_path, content)

    refusal = refusal_of(path)

    assert sentence in refusal


def test_other_columns_of_a_csv_file_are_ignored_and_named(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"colour,sku,price,name,size\nred,1,3.99,Tea,L\n")

    with import_file(path, PRODUCTS) as file:
        found = (file.columns, [list(row) for _, row in file.rows()], file.ignored_columns)  # type: ignore[arg-type]

    assert found == (["sku", "price", "name"], [["1", "3.99", "Tea"]], ["colour", "size"])

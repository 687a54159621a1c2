import json
import os
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.exceptions import WrongInput
from jobs.services import json_array
from jobs.services.product_checks import Rejected
from jobs.services.product_csv import LONGEST_LINE
from jobs.services.product_files import product_file

HEADER = b"sku,name,price\n"


def file_of(directory: Path, content: bytes, name: str = "products.csv") -> Path:
    path = directory / name
    path.write_bytes(content)
    return path


def rows_of(path: Path) -> list[tuple[int, list[str | None] | str]]:
    """A rejected row as its reason."""
    with product_file(path) as file:
        return [
            (number, row.reason if isinstance(row, Rejected) else list(row)) for number, row in file.rows()
        ]


def refusal_of(path: Path) -> str:
    with pytest.raises(WrongInput) as caught:
        rows_of(path)
    return str(caught.value)


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

    with product_file(path) as file:
        found = (file.columns, [list(row) for _, row in file.rows()], file.ignored_columns)  # type: ignore[arg-type]

    assert found == (["sku", "price", "name"], [["1", "3.99", "Tea"]], ["colour", "size"])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("absent.csv", "There is no file '"),
        ("absent/products.csv", "There is no file '"),
        ("nul\0.csv", "There is no file '"),
        ("x" * 300 + ".csv", "There is no file '"),
        ("", "is a directory"),
        ("pipe.csv", "is not a regular file"),
        ("products.xlsx", "'products.xlsx' ends neither in .csv nor in .json"),
        ("products", "'products' ends neither in .csv nor in .json"),
    ],
)
def test_what_is_no_product_file_is_refused_by_its_name(tmp_path: Path, name: str, sentence: str) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    file_of(tmp_path, b"x", "products.xlsx")
    file_of(tmp_path, b"x", "products")

    refusal = refusal_of(tmp_path / name)

    assert sentence in refusal


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Root may read everything, so the test is somebody else for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    yield
    os.seteuid(user)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = file_of(tmp_path, HEADER)
    path.chmod(0)
    request.getfixturevalue("unprivileged")

    refusal = refusal_of(path)

    assert "may not be read by this user" in refusal


@pytest.mark.parametrize(
    "name", ["pro ducts 'n\n more.CSV", "продукты-🍵.csv", "-rf; %s {0}.csv", "\udcff.csv"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = file_of(tmp_path, HEADER + b"1,Caf\xe9,3\n", name)

    refusal = refusal_of(path)

    assert refusal.encode().decode().startswith(repr(name))


@pytest.mark.parametrize(
    ("item", "row"),
    [
        ('{"sku": "1", "name": "Tea", "price": 3.99}', ["1", "Tea", "3.99", None, None, None, None]),
        ('{"sku": 1, "name": "Tea", "price": "3.99"}', ["1", "Tea", "3.99", None, None, None, None]),
        ('{"name": "Tea", "brand": null}', ["", "Tea", "", None, None, "", None]),
        ('{"sku": "1", "name": null, "price": 1e5}', ["1", "", "1e5", None, None, None, None]),
        (f'{{"price": {"9" * 10_000}}}', ["", "", "9" * 10_000, None, None, None, None]),
        ('{"price": 1e99999999999999999999}', ["", "", "1e99999999999999999999", None, None, None, None]),
        ('{"price": NaN}', ["", "", "NaN", None, None, None, None]),
        ('{"sku": "1", "colour": {"deep": [1]}}', ["1", "", "", None, None, None, None]),
        ('{"sku": "1", "name": ["Tea"]}', "a value is neither text nor number"),
        ('{"sku": "1", "name": {"en": "Tea"}}', "a value is neither text nor number"),
        ('{"sku": "1", "name": true}', "a value is neither text nor number"),
        ('["1", "Tea"]', "not an object"),
        ("null", "not an object"),
        ("12345", "not an object"),
    ],
)
def test_an_item_of_a_json_array_is_read_as_it_is_written(
    tmp_path: Path, item: str, row: list[str | None] | str
) -> None:
    path = file_of(tmp_path, f'\ufeff [{item} ,\n{{"sku": "2"}}] \n'.encode(), "products.json")

    rows = rows_of(path)

    assert rows == [(1, row), (2, ["2", "", "", None, None, None, None])]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no JSON array"),
        (b'{"sku": "1"}', "is no JSON array"),
        (b"sku,name,price\n", "is no JSON array"),
        (b"[", "not valid JSON at item 1"),
        (b'[{"sku": "1"}, {"sku": "2"', "not valid JSON at item 2"),
        (b'[{"sku": "1"}, {"sku": "2"}', "not valid JSON at item 2 ('its end' instead of ','"),
        (b'[{"sku": "1"},', "not valid JSON at item 2"),
        (b'[{"sku": "1"} {"sku": "2"}]', "not valid JSON at item 1"),
        (b'[{"sku": "1"}] [', "not valid JSON at item 1 ('[' instead of 'its end'"),
        (b"[" * 200_000, "nested too deeply"),
        (b'[{"a":' * 200_000, "nested too deeply"),
        (b'[{"sku": "1"},\n "Caf\xe9"]', "is not UTF-8: byte 6 of line 2 is 0xe9"),
        (b'[{"sku": "' + b"x" * (2 * LONGEST_LINE) + b'"}]', "item 1 (longer than 16 million characters"),
    ],
)
def test_a_json_file_that_cannot_be_read_is_refused_with_the_place(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = file_of(tmp_path, content, "products.json")

    refusal = refusal_of(path)

    assert sentence in refusal


plain = (
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text()
)
anything = st.recursive(
    plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(items=st.lists(anything), indent=st.sampled_from([None, 0, 3]), window=st.integers(1, 40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_an_array_reads_the_same_wherever_the_window_cuts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, items: list[object], indent: int | None, window: int
) -> None:
    text = json.dumps(items, indent=indent, default=lambda number: f"{number:f}")
    path = file_of(tmp_path, text.encode(), "any.json")
    monkeypatch.setattr(json_array, "CHUNK", window)

    with path.open() as stream:
        found = list(json_array.array_items(stream, "any"))

    assert found == json.loads(text, parse_int=str, parse_float=str)


@pytest.mark.parametrize("name", ["products.csv", "products.json"])
def test_a_file_ten_times_as_long_is_read_in_the_same_memory(tmp_path: Path, name: str) -> None:
    peaks = []

    for rows in (5_000, 50_000):
        path = tmp_path / name
        with path.open("w") as file:
            if name.endswith("csv"):
                file.write("sku,name,price\n" + "".join(f"{n},Product {n},{n}.99\n" for n in range(rows)))
            else:
                json.dump([{"sku": str(n), "name": f"Product {n}", "price": n} for n in range(rows)], file)
        tracemalloc.start()
        with product_file(path) as products:
            assert sum(1 for _ in products.rows()) == rows
        peaks.append(Decimal(tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()

    assert peaks[1] < peaks[0] * 2

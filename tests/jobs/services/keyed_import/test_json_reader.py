from pathlib import Path

import pytest

from jobs.services.keyed_import.csv_reader import LONGEST_LINE
from tests.jobs.services.imported_rows import file_of, refusal_of, rows_of


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

import gzip
from pathlib import Path

import pytest

from tests.jobs.services.imported_rows import HEADER, file_of, refusal_of, rows_of

CSV = HEADER + b"".join(b"%d,Tea %d,3.99\n" % (number, number * 7919) for number in range(20_000))
PACKED = gzip.compress(CSV)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(PACKED, "products.csv.gz", id="by its name"),
        pytest.param(PACKED, "products.CSV.GZ", id="in capitals"),
        pytest.param(PACKED, "products.csv", id="by its first bytes"),
        pytest.param(gzip.compress(CSV[:1_000]) + gzip.compress(CSV[1_000:]), "products.csv.gz", id="in two"),
        pytest.param(PACKED + b"\0" * 512, "products.csv.gz", id="padded"),
        pytest.param(gzip.compress(b"\xef\xbb\xbf" + CSV), "products.csv.gz", id="with a mark"),
    ],
)
def test_packed_text_is_read_as_the_text(tmp_path: Path, content: bytes, name: str) -> None:
    plain = rows_of(file_of(tmp_path, CSV, "plain.csv"))

    assert rows_of(file_of(tmp_path, content, name)) == plain


def test_packed_json_is_read_too(tmp_path: Path) -> None:
    path = file_of(tmp_path, gzip.compress(b'[{"sku": "1", "name": "Tea", "price": 3}]'), "products.json.gz")

    assert [number for number, _ in rows_of(path)] == [1]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(PACKED[: len(PACKED) // 2], "is cut off: its gzip data have no end", id="truncated"),
        pytest.param(PACKED[:-4], "is cut off", id="without its end"),
        pytest.param(PACKED[:5], "is cut off", id="a few bytes"),
        pytest.param(PACKED[:30_000] + b"\xff" * 99 + PACKED[30_099:], "is no sound gzip file", id="damaged"),
        pytest.param(PACKED[:-8] + b"\0" * 8, "is no sound gzip file (CRC check failed", id="wrong sum"),
        pytest.param(PACKED + b"more", "is no sound gzip file", id="more behind it"),
        pytest.param(CSV, "is no sound gzip file (Not a gzipped file", id="plain text"),
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(gzip.compress(b""), "is empty", id="nothing, packed"),
        pytest.param(gzip.compress(HEADER + b"1,Caf\xe9,3\n"), "byte 6 of line 2 is 0xe9", id="not UTF-8"),
        pytest.param(gzip.compress(bytes(20_000_000)), "Line 1 of", id="a bomb"),
    ],
)
def test_a_packed_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in refusal_of(file_of(tmp_path, content, "products.csv.gz"))

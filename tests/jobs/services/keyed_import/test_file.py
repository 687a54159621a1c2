import json
import os
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from jobs.services.keyed_import import csv_reader
from jobs.services.keyed_import.file import import_file
from jobs.services.products import PRODUCTS
from tests.jobs.services.imported_rows import HEADER, file_of, refusal_of


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("absent.csv", "There is no file '"),
        ("absent/products.csv", "There is no file '"),
        ("nul\0.csv", "There is no file '"),
        ("x" * 300 + ".csv", "There is no file '"),
        ("", "is a directory"),
        ("pipe.csv", "is not a regular file"),
        ("products.ods", "'products.ods' ends in none of .csv, .json and .xlsx; say which format it has"),
        ("products", "'products' ends in none of .csv, .json and .xlsx"),
    ],
)
def test_what_is_no_product_file_is_refused_by_its_name(tmp_path: Path, name: str, sentence: str) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    file_of(tmp_path, b"x", "products.ods")
    file_of(tmp_path, b"x", "products")

    refusal = refusal_of(tmp_path / name)

    assert sentence in refusal


@pytest.mark.parametrize("name", ["products", "products.json", "products.txt"])
def test_a_format_that_is_said_counts_more_than_the_name(tmp_path: Path, name: str) -> None:
    path = file_of(tmp_path, HEADER + b"1,Tea,3\n", name)

    with import_file(path, PRODUCTS, "csv") as file:
        assert len(list(file.rows())) == 1


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


@pytest.mark.parametrize("name", ["products.csv", "products.json"])
def test_a_file_ten_times_as_long_is_read_in_the_same_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(csv_reader, "BLOCK", 10_000)
    peaks = []

    for rows in (5_000, 50_000):
        path = tmp_path / name
        with path.open("w") as file:
            if name.endswith("csv"):
                file.write("sku,name,price\n" + "".join(f"{n},Product {n},{n}.99\n" for n in range(rows)))
            else:
                json.dump([{"sku": str(n), "name": f"Product {n}", "price": n} for n in range(rows)], file)
        tracemalloc.start()
        with import_file(path, PRODUCTS) as products:
            found = sum(each.count("\n") if isinstance(each, str) else 1 for each in products.rows())
        assert found == rows
        peaks.append(Decimal(tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()

    assert peaks[1] < peaks[0] * 2

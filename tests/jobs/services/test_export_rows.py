"""The rows of an export."""

from pathlib import Path

import pytest
from django.db import DataError

from jobs import key_ranges
from jobs.exceptions import StopRequested
from jobs.models.product import Product
from jobs.progress import silent
from jobs.services import export_rows
from jobs.services.export_rows import ExportRows
from tests.jobs.services.exported import make_product
from tests.jobs.services.watched import Watched


@pytest.mark.usefixtures("products_in_order")
@pytest.mark.django_db(transaction=True)
def test_rows_come_many_at_a_time_and_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_rows, "ROWS", 2)
    for number in range(3):
        make_product(str(number))
    progress = Watched(tmp_path)
    rows = ExportRows(Product.objects.all(), ["sku"], progress)

    found = [[bytes(line) for line in lines] for lines in rows.texts(lambda field, name: name)]

    assert (found, rows.written) == ([[b"0\n", b"1\n"], [b"2\n"]], 3)
    assert [(done, total) for done, total, _ in progress.updates] == [(0, 3), (2, 3), (3, 3), (3, 3)]


@pytest.mark.django_db(transaction=True)
def test_the_total_of_very_many_is_the_planner_s_until_more_have_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_ranges, "COUNTED", 0)
    monkeypatch.setattr(export_rows, "ROWS", 2)
    for number in range(3):
        make_product(str(number), category="HOT")
    progress = Watched(tmp_path)
    # A table that was never analysed: of two hundred rows one is thought to be of a category.
    hot = Product.objects.filter(category="HOT")

    list(ExportRows(hot, ["sku"], progress).texts(lambda field, name: name))

    assert [(done, total) for done, total, _ in progress.updates] == [(0, 1), (2, 2), (3, 3), (3, 3)]


@pytest.mark.django_db(transaction=True)
def test_an_export_can_be_stopped_between_two_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_rows, "ROWS", 1)
    make_product("1")
    make_product("2")
    rows = ExportRows(Product.objects.all(), ["sku"], Watched(tmp_path, stop_at=2))

    with pytest.raises(StopRequested):
        list(rows.texts(lambda field, name: name))

    assert rows.written == 1


@pytest.mark.django_db
def test_a_filter_s_value_is_a_value_whatever_stands_in_it() -> None:
    make_product("1", category="50 % of '; DROP TABLE jobs_product; --")
    make_product("2")
    wanted = Product.objects.filter(category="50 % of '; DROP TABLE jobs_product; --")

    found = list(ExportRows(wanted, ["sku"], silent).texts(lambda field, name: name))

    assert [bytes(line) for lines in found for line in lines] == [b"1\n"]


@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_server_in_the_middle_is_one_of_django() -> None:
    make_product("1")
    make_product("2", price=0)
    rows = ExportRows(Product.objects.all(), ["sku", "price"], silent)

    with pytest.raises(DataError, match="division by zero"):
        list(rows.lines("(1 / price)::text"))


@pytest.mark.django_db
def test_an_export_that_is_left_in_the_middle_gives_its_connection_back() -> None:
    Product.objects.bulk_create(Product(sku=str(number), name="Tea", price=1) for number in range(5_000))
    rows = ExportRows(Product.objects.all(), ["sku"], silent)
    lines = rows.texts(lambda field, name: name)
    next(lines)

    rows.close()

    assert Product.objects.count() == 5_000

"""Exports as Parquet."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from django.contrib.auth.models import User
from django.db import connection
from pyarrow import parquet

from jobs.models.product import Product
from jobs.services import export_parquet, export_rows
from jobs.services.exports import export_products, export_users
from tests.jobs.services.exported import MADE, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("products_in_order")]


def test_values_come_back_with_their_types(tmp_path: Path) -> None:
    name = 'a "b", \n\r\n \\ é =1+1'
    make_product("1", name=name, price=Decimal("-9999999999.99"), is_active=False)

    export_products(
        output=tmp_path / "a.parquet", fields=["sku", "name", "brand", "price", "is_active", "created_at"]
    )

    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.to_pylist() == [
        {
            "sku": "1",
            "name": name,
            "brand": "",
            "price": Decimal("-9999999999.99"),
            "is_active": False,
            "created_at": MADE,
        }
    ]
    assert (table.schema.field("price").type, table.schema.field("created_at").type) == (
        pa.decimal128(12, 2),
        pa.timestamp("us", tz="UTC"),
    )


def test_a_value_that_is_not_there_is_null_and_an_empty_text_is_not(tmp_path: Path) -> None:
    User.objects.create_user("ann")

    export_users(output=tmp_path / "a.parquet", fields=["email", "last_login"])

    assert parquet.read_table(tmp_path / "a.parquet").to_pylist() == [{"email": "", "last_login": None}]


def test_a_long_export_is_written_in_row_groups_of_whole_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_rows, "ROWS", 3)
    monkeypatch.setattr(export_parquet, "ROW_GROUP", 4)
    for number in range(10):
        make_product(str(number))

    export_products(output=tmp_path / "a.parquet", fields=["sku"])

    written = parquet.ParquetFile(tmp_path / "a.parquet")
    assert [written.metadata.row_group(each).num_rows for each in range(written.num_row_groups)] == [6, 4]
    assert written.read().column("sku").to_pylist() == list("0123456789")


def test_a_single_column_of_empty_texts_keeps_its_rows(tmp_path: Path) -> None:
    make_product("1")
    make_product("2")

    export_products(output=tmp_path / "a.parquet", fields=["brand"])

    assert Product.objects.count() == parquet.read_table(tmp_path / "a.parquet").num_rows


@pytest.mark.parametrize("broken", range(3))
def test_a_group_that_cannot_be_written_ends_the_export(
    broken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_rows, "ROWS", 1)
    monkeypatch.setattr(export_parquet, "ROW_GROUP", 1)
    for number in range(3):
        make_product(str(number))
        # At once, since a row that is changed moves behind all others.
        if number == broken:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE jobs_product SET created_at = 'infinity' WHERE sku = %s", [str(number)]
                )

    with pytest.raises(pa.ArrowInvalid, match="infinity"):
        export_products(output=tmp_path / "a.parquet")

    assert list(tmp_path.iterdir()) == []

"""Exports as XLSX."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from jobs.services import export_xlsx
from jobs.services.exports import export_products
from tests.jobs.services.exported import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("products_in_order")]


def sheets(path: Path, **options: Any) -> dict[str, list[list[Any]]]:
    export_products(output=path, format="xlsx", **options)
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_cell_has_the_type_of_its_column(tmp_path: Path, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    make_product("007", name="é <b> & \n x", price=Decimal("-9999999999.99"), is_active=False)

    found = sheets(tmp_path / "a.xlsx", fields=["sku", "name", "price", "is_active", "created_at"])

    moment = datetime(2026, 11, 21, 15, 30, 15, 250_000)
    header, row = found["Products"]
    assert header == ["sku", "name", "price", "is_active", "created_at"]
    assert row[:4] == ["007", "é <b> & \n x", -9999999999.99, False]
    assert abs((row[4] - moment).total_seconds()) < 0.001


def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe_unless_raw(tmp_path: Path) -> None:
    make_product("1", name="=1+1", price=Decimal("-5.00"))

    neutral = sheets(tmp_path / "a.xlsx", fields=["name", "price"])["Products"][1]
    raw = sheets(tmp_path / "a.xlsx", fields=["name", "price"], raw=True)["Products"][1]

    assert (neutral, raw) == (["'=1+1", -5.0], ["=1+1", -5.0])


@pytest.mark.parametrize("name", [" two\nlines\tand ", "a\x01b", "a_x0041_b", "]]> &lt; \U0001f375"])
def test_a_text_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    make_product("1", name=name)

    found = sheets(tmp_path / "a.xlsx", fields=["name", "brand", "sku"])["Products"][1]

    assert found == [name.replace("\x01", "\ufffd"), "", "1"]


def test_more_rows_than_a_sheet_can_hold_go_on_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_xlsx, "ROWS_OF_A_SHEET", 3)
    for number in range(5):
        make_product(str(number))

    found = sheets(tmp_path / "a.xlsx", fields=["sku"])

    assert found == {
        "Products": [["sku"], ["0"], ["1"]],
        "Products 2": [["sku"], ["2"], ["3"]],
        "Products 3": [["sku"], ["4"]],
    }


def test_an_export_of_nothing_has_its_header(tmp_path: Path) -> None:
    assert sheets(tmp_path / "a.xlsx", fields=["sku"]) == {"Products": [["sku"]]}


def test_another_reader_sees_the_same_cells(tmp_path: Path) -> None:
    make_product("007", name="Tea\n & é", price=Decimal("-2.50"), is_active=False)
    make_product("8")
    wanted: dict[str, Any] = {"fields": ["sku", "name", "brand", "price", "is_active", "created_at"]}

    found = sheets(tmp_path / "a.xlsx", **wanted)["Products"]

    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [["" if value is None else value for value in row] for row in book["Products"].values]
    for row in (*cells, *found):
        row[-1] = row[-1].replace(microsecond=0) if isinstance(row[-1], datetime) else row[-1]
    assert cells == found

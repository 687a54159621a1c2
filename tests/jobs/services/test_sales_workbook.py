"""The workbook of a month's sales, read by another program."""

import re
import zipfile
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

from jobs.services.sales_workbook import SalesWorkbook
from tests.jobs.services.test_sales_page import month_of


def test_the_sheets_hold_the_figures(tmp_path: Path) -> None:
    SalesWorkbook(tmp_path / "a.xlsx").write(month_of(["1234.5", "-7"], ["north", ""]))

    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    days, stores = (book.get_sheet_by_name(name).to_python() for name in ("Days", "Stores"))
    assert days[:3] == [
        ["Day", "Orders", "Customers", "Lines", "Amount"],
        [date(2026, 10, 1), 1, 1, 1, 1234.5],
        [date(2026, 10, 2), 1, 1, 1, -7],
    ]
    assert (len(days), days[-1]) == (33, ["Total", 2, 1, 9, 1227.5])
    assert [row[0] for row in stores] == ["Store", "north", "no store", "Total"]


def test_a_name_is_a_text_whatever_it_begins_with(tmp_path: Path) -> None:
    SalesWorkbook(tmp_path / "a.xlsx").write(month_of(["1"], ["=1+1", "https://x.example", "@SUM(A1)"]))

    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name]
    assert not any(re.search("<f>|hyperlink", sheet) for sheet in sheets)


def test_each_sheet_has_its_chart(tmp_path: Path) -> None:
    SalesWorkbook(tmp_path / "a.xlsx").write(month_of(["1"], [f"s{number}" for number in range(30)]))

    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        charts = [archive.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2)]
    values = [re.findall("<c:val><c:numRef><c:f>(.*?)</c:f>", chart) for chart in charts]
    assert values == [["Days!$E$2:$E$32"], ["Stores!$E$2:$E$21"]]


def test_a_month_without_orders_says_so(tmp_path: Path) -> None:
    SalesWorkbook(tmp_path / "a.xlsx").write(month_of([]))

    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert (book.sheet_names, book.get_sheet_by_index(0).to_python()[0][0]) == (
        ["Days"],
        "No orders were placed in October 2026.",
    )

"""A month's sales as an XLSX workbook: a sheet by day and one by store, each with a chart of its own."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from jobs.services.sales_figures import MonthSales, Sales
from jobs.services.sales_page import NO_STORE

HEADINGS = ("Orders", "Customers", "Lines", "Amount")
AMOUNT = 4  # column
CHARTED_STORES = 20


class SalesWorkbook:
    """Written row by row, in constant memory."""

    def __init__(self, path: Path) -> None:
        self._book = Workbook(str(path), {"constant_memory": True})
        self._bold = self._book.add_format({"bold": True})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._count = self._book.add_format({"num_format": "#,##0"})
        self._money = self._book.add_format({"num_format": "#,##0.00"})

    def write(self, sales: MonthSales) -> None:
        if not sales.total.orders:
            sheet = self._sheet("Days")
            sheet.write_string(0, 0, f"No orders were placed in {sales.month.label}.")
        else:
            days = self._table("Days", "Day", sales.days, sales.total)
            self._chart(days, "column", f"Amount by day, {sales.month.label}", len(sales.days))
            stores = self._table("Stores", "Store", sales.stores, sales.total)
            charted = min(len(sales.stores), CHARTED_STORES)
            self._chart(stores, "bar", f"Amount by store, {sales.month.label}", charted)
        self._book.close()

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, AMOUNT, 14)
        sheet.freeze_panes(1, 0)
        return sheet

    def _table(
        self, name: str, heading: str, rows: Sequence[tuple[date | str, Sales]], total: Sales
    ) -> Worksheet:
        sheet = self._sheet(name)
        for column, text in enumerate((heading, *HEADINGS)):
            sheet.write_string(0, column, text, self._bold)
        for number, (key, sales) in enumerate(rows, start=1):
            if isinstance(key, date):
                sheet.write_datetime(number, 0, key, self._date)
            else:
                # As a text, whatever it begins with: of itself the library takes "=1+1" for a formula.
                sheet.write_string(number, 0, key or NO_STORE)
            self._figures(sheet, number, sales, self._count, self._money)
        sheet.write_string(len(rows) + 1, 0, "Total", self._bold)
        bold = [self._book.add_format({"bold": True, "num_format": form}) for form in ("#,##0", "#,##0.00")]
        self._figures(sheet, len(rows) + 1, total, *bold)
        return sheet

    def _figures(self, sheet: Worksheet, row: int, sales: Sales, count: Format, money: Format) -> None:
        for column, number in enumerate((sales.orders, sales.customers, sales.lines), start=1):
            sheet.write_number(row, column, number, count)
        sheet.write_number(row, AMOUNT, float(sales.amount), money)

    def _chart(self, sheet: Worksheet, kind: str, title: str, rows: int) -> None:
        name = sheet.get_name()
        chart = self._book.add_chart({"type": kind})
        chart.add_series(
            {
                "name": [name, 0, AMOUNT],
                "categories": [name, 1, 0, rows, 0],
                "values": [name, 1, AMOUNT, rows, AMOUNT],
                "fill": {"color": "#2b56c5"},
                "gap": 40,
            }
        )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})  # the highest amount at the top, as in the table
        else:
            chart.set_x_axis({"date_axis": True, "num_format": "d"})
        chart.set_size({"width": 760, "height": max(320, 24 * rows if kind == "bar" else 0)})
        sheet.insert_chart(1, AMOUNT + 2, chart)

"""Workbooks made by the tests."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter

FORMATS = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}


def workbook(rows: Sequence[Sequence[Any]], *, hidden_first: bool = False) -> bytes:
    """Of a sheet with these cells; texts stay texts."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_numbers": False})
    formats = {kind: book.add_format({"num_format": shown}) for kind, shown in FORMATS.items()}
    if hidden_first:
        book.add_worksheet("Notes").hide()
    sheet = book.add_worksheet("Data")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if type(cell) in formats:
                sheet.write_datetime(number, column, cell, formats[type(cell)])
            elif isinstance(cell, str):
                sheet.write_string(number, column, cell)
            else:
                sheet.write(number, column, cell)
    sheet.activate()
    book.close()
    return content.getvalue()

"""Exports as XLSX: the server makes the rows of the sheet, and they go into the archive as they come.

XlsxWriter takes ten times as long for the same rows, since it makes each cell in Python.
"""

from itertools import chain, islice
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import BooleanField, CharField, DateTimeField
from django.utils import timezone

from jobs.services.export_rows import Column, ExportRows, plural
from jobs.services.export_text import xml_text
from jobs.services.export_xlsx_parts import (
    BOLD,
    CONTENT_TYPES,
    MOMENT,
    MONEY,
    RELATIONS,
    SHEET_BEGIN,
    SHEET_END,
    STYLES,
    workbook,
    workbook_relations,
)
from jobs.services.formula import IS_FORMULA

ROWS_OF_A_SHEET = 1_048_576  # Excel's own limit, the header among them
WRITTEN = 1_000  # rows at a time
LEVEL = 1  # of zlib, its fastest

# Days since 1899-12-30, as Excel counts from March 1900 on. It knows no zones, so it gets the service's time.
DAYS = "extract(epoch FROM {name} AT TIME ZONE '{zone}')::float8 / 86400 + 25569"
TEXT = (
    "CASE WHEN {name} = '' THEN '<c/>' ELSE concat('<c t=\"inlineStr\"><is><t xml:space=\"preserve\">',"
    " {apostrophe}, {text}, '</t></is></c>') END"
)
# Read as a sign where it stands in a file: the underscore of such a text is written as one itself.
ESCAPED = "regexp_replace({0}, '_(x[0-9A-Fa-f]{{4}}_)', '_x005F_\\1', 'g')"


def write_xlsx(rows: ExportRows, file: IO[bytes], *, raw: bool) -> None:
    """A sheet, and one more where it is full; what begins like a formula is neutralised unless `raw`."""
    cells = ", ".join(_cell(field, f'"{name}"', raw=raw) for name, field in rows.columns.items())
    lines = chain.from_iterable(rows.lines(f"concat('<row>', {cells}, '</row>')"))
    title, sheets = plural(rows.model).capitalize(), 0
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("xl/styles.xml", STYLES)
        first = next(lines, b"")
        while first or not sheets:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                _write_sheet(sheet, rows, chain([first], islice(lines, ROWS_OF_A_SHEET - 2)))
            first = next(lines, b"")
        archive.writestr("xl/workbook.xml", workbook(title, sheets))
        archive.writestr("xl/_rels/workbook.xml.rels", workbook_relations(sheets))


def _write_sheet(sheet: IO[bytes], rows: ExportRows, lines: Any) -> None:
    sheet.write(SHEET_BEGIN.format(columns=len(rows.columns)).encode())
    names = (f'<c s="{BOLD}" t="inlineStr"><is><t>{name}</t></is></c>' for name in rows.columns)
    sheet.write(f"<row>{''.join(names)}</row>".encode())
    while batch := list(islice(lines, WRITTEN)):
        sheet.write(b"".join(batch))
    sheet.write(SHEET_END)


def _cell(field: Column, name: str, *, raw: bool) -> str:
    """The SQL that makes the cell; one without a value only takes its place, since cells are not numbered."""
    if isinstance(field, CharField):
        apostrophe = "''" if raw else f"CASE WHEN {IS_FORMULA.format(name)} THEN '''' END"
        text = f"CASE WHEN {name} ~ '_x' THEN {xml_text(ESCAPED.format(name))} ELSE {xml_text(name)} END"
        return TEXT.format(name=name, apostrophe=apostrophe, text=text)
    if isinstance(field, BooleanField):
        return f"'<c t=\"b\"><v>' || {name}::int || '</v></c>'"
    if isinstance(field, DateTimeField):
        days = DAYS.format(name=name, zone=timezone.get_default_timezone_name())
        return f"coalesce('<c s=\"{MOMENT}\"><v>' || {days} || '</v></c>', '<c/>')"
    return f"'<c s=\"{MONEY}\"><v>' || {name} || '</v></c>'"

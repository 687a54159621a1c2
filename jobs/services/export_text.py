"""Exports that are text: CSV, JSON, XML."""

from typing import IO

from django.db.models import BooleanField, CharField, DateTimeField

from jobs.services.export_rows import Column, ExportRows, plural
from jobs.services.formula import IS_FORMULA

HARMLESS = f"CASE WHEN {IS_FORMULA} THEN '''' || {{0}} ELSE {{0}} END"

# A parser would refuse the first, and make the second something else. Most values have neither.
NOT_IN_XML = r"[\u0001-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]"
SPECIAL_IN_XML = r"[&<>\u0001-\u001f\ufffe\uffff]"
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\\n": "&#10;", "\\r": "&#13;"}


def write_csv(rows: ExportRows, file: IO[bytes], *, raw: bool) -> None:
    """With a header; texts that begin like a formula are neutralised unless `raw`."""
    # The server's own header would be counted as a row.
    file.write(f"{','.join(rows.columns)}\n".encode())
    for lines in rows.texts(csv_value if raw else harmless_value):
        file.write(b"".join(lines))


def csv_value(field: Column, name: str) -> str:
    return f"{name}::text" if isinstance(field, BooleanField) else name


def harmless_value(field: Column, name: str) -> str:
    """With an apostrophe before what could be a formula; a number below zero is none."""
    return HARMLESS.format(name) if isinstance(field, CharField) else csv_value(field, name)


def write_json(rows: ExportRows, file: IO[bytes]) -> None:
    """One array with an object a line; an amount is a number with all its digits."""
    separator = b"[\n"
    for lines in rows.lines("row_to_json(exported)"):
        # In JSON a line break is written as an escape, so each of these ends a row.
        file.write(separator + b"".join(lines)[:-1].replace(b"\n", b",\n"))
        separator = b",\n"
    file.write(b"\n]\n" if rows.written else b"[]\n")


def write_xml(rows: ExportRows, file: IO[bytes]) -> None:
    """An element a row, in it an element a column; what XML cannot hold becomes U+FFFD."""
    root, row = plural(rows.model), str(rows.model._meta.model_name)
    file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n'.encode())
    elements = (f"'<{name}>', {_xml_value(field, name)}, '</{name}>'" for name, field in rows.columns.items())
    for lines in rows.lines(f"concat('<{row}>', {', '.join(elements)}, '</{row}>')"):
        file.write(b"".join(lines))
    file.write(f"</{root}>\n".encode())


def _xml_value(field: Column, column: str) -> str:
    name = f'"{column}"'
    if isinstance(field, DateTimeField):
        return f"to_json({name}) #>> '{{}}'"
    return xml_text(name) if isinstance(field, CharField) else f"{name}::text"


def xml_text(value: str) -> str:
    """That SQL text as it may stand between two tags."""
    escaped = f"regexp_replace({value}, '{NOT_IN_XML}', U&'\\FFFD', 'g')"
    for sign, entity in ENTITIES.items():
        escaped = f"replace({escaped}, E'{sign}', '{entity}')"
    return f"CASE WHEN {value} ~ '{SPECIAL_IN_XML}' THEN {escaped} ELSE {value} END"

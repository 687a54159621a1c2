"""How fast products are exported, and in how much memory, beside what else one would do.

Text and Parquet are compared with psql's \\copy to a CSV file, XLSX with XlsxWriter. An XLSX file gets a
tenth of the rows.

Goals: CSV 0.75 of \\copy, in memory that does not grow with the rows; XLSX 25,000 rows/s; Parquet 650,000.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pyarrow as pa
from django.db import connection
from pyarrow.parquet import ParquetWriter, read_metadata
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from benchmarks.contest.columns import RATES
from benchmarks.contest.contest import Contest, hold
from benchmarks.contest.contestant import Contestant
from benchmarks.contest.database import psql
from benchmarks.contest.recorded import recorded
from benchmarks.products import ALL, PART
from jobs.models.product import Product
from jobs.services import export_parquet, export_xlsx
from jobs.services.exports import ProductField, export_products

COLUMNS: tuple[str, ...] = get_args(ProductField)
BATCH = 10_000
LOADED = (export_parquet, export_xlsx)  # what the job would load when it is first needed

COPY = f"(SELECT {', '.join(COLUMNS)} FROM jobs_product)"


def ours(path: Path, **options: Any) -> None:
    """In the format of the name."""
    export_products(output=path, progress=recorded("export_products"), **options)


def copied_by_psql(path: Path) -> None:
    psql(f"\\copy {COPY} TO '{path}' (FORMAT csv, HEADER)")


def copied_by_psycopg(path: Path) -> None:
    statement = f"COPY {COPY} TO STDOUT (FORMAT csv, HEADER)"
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(statement) as rows:
        file.writelines(rows)


def values_list(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows())


def xlsxwriter(path: Path) -> None:
    book = Workbook(path, {"constant_memory": True, "remove_timezone": True})
    sheet = book.add_worksheet()
    book.default_date_format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, COLUMNS)
    for number, row in enumerate(_rows(category=PART), start=1):
        sheet.write_row(number, 0, row)
    book.close()


def write_only(path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(COLUMNS)
    for row in _rows(category=PART):
        # It writes no moment that has a zone.
        sheet.append([each.replace(tzinfo=None) if isinstance(each, datetime) else each for each in row])
    book.save(path)


def pyarrow(path: Path) -> None:
    types = {"price": pa.decimal128(12, 2), "is_active": pa.bool_()}
    moments = {"created_at": pa.timestamp("us", tz="UTC"), "updated_at": pa.timestamp("us", tz="UTC")}
    schema = pa.schema([(each, (types | moments).get(each, pa.string())) for each in COLUMNS])
    rows = _rows()
    with ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(rows, 5 * BATCH)):
            columns = zip(*batch, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.table(arrays, schema=schema))


def _rows(**wanted: str) -> Iterator[tuple[Any, ...]]:
    return Product.objects.filter(**wanted).values_list(*COLUMNS).iterator(BATCH)


def contestants(rows: int) -> list[Contestant]:
    """Each is named by the ending of its file, and what it is among those."""
    part = (rows + 9) // 10
    limit = Contestant("csv_psql", r"CSV: psql, \copy", copied_by_psql, rows, outside=True)
    sheet = Contestant("xlsx_xlsxwriter", "XLSX: values_list and XlsxWriter", xlsxwriter, part)
    return [
        limit,
        Contestant("csv_ours", "CSV: export_products", ours, rows, limit),
        Contestant("csv_raw", "CSV: export_products --raw", partial(ours, raw=True), rows, limit),
        Contestant("csv_psycopg", "CSV: COPY by psycopg", copied_by_psycopg, rows, limit),
        Contestant("csv_writer", "CSV: values_list and csv.writer", values_list, rows, limit),
        Contestant("json_ours", "JSON: export_products", ours, rows, limit),
        Contestant("xml_ours", "XML: export_products", ours, rows, limit),
        Contestant("parquet_ours", "Parquet: export_products", ours, rows, limit),
        Contestant("parquet_pyarrow", "Parquet: values_list and pyarrow", pyarrow, rows, limit),
        Contestant("xlsx_ours", "XLSX: export_products", partial(ours, category=PART), part, sheet),
        sheet,
        Contestant("xlsx_openpyxl", "XLSX: values_list and openpyxl", write_only, part, sheet),
    ]


def file(each: Contestant, directory: Path) -> Path:
    path = directory / f"exported.{each.name.split('_')[0]}"
    path.unlink(missing_ok=True)
    return path


def is_exported(each: Contestant, path: Path) -> bool:
    return path.exists() and _rows_in(path) == each.rows


def _rows_in(path: Path) -> int:
    if path.suffix == ".parquet":
        return int(read_metadata(path).num_rows)
    if path.suffix == ".xlsx":
        return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1
    with path.open("rb") as lines:
        return sum(b"SKU-" in line for line in lines)


CONTEST = Contest(
    about=__doc__,
    rows=1_000_000,
    contestants=contestants,
    columns=RATES,
    is_done=is_exported,
    fill=(ALL,),
    path=file,
)

if __name__ == "__main__":
    hold(CONTEST)

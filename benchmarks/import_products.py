"""How fast a file of products is imported, and in how much memory, beside what else one would do.

Half of the products in the file exist already with other values; file and table are shuffled. `--rows` are
those of the file; the long file has five times as many, and what is slow gets at most 5,000. The limit is
psql, which brings the file into a table by \\copy, and from there to its place by one upsert sorted by SKU.

Goals: 0.95 of it at 200,000 rows and 1.25 at 1,000,000; at most 64 MB; a file that changes nothing 1.3 times
as fast as one that does.
"""

import csv
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from django.db import connection
from django.utils import timezone
from import_export.resources import ModelResource
from tablib import Dataset

from benchmarks.contest.columns import RATES
from benchmarks.contest.contest import Contest, hold
from benchmarks.contest.contestant import Contestant
from benchmarks.contest.database import psql
from benchmarks.contest.recorded import recorded
from benchmarks.products import ALL, COLUMNS, EMPTY, HALF, PRODUCTS
from jobs.models.product import Product
from jobs.services.products import import_products

BATCH = 5_000
ROWS_OF_THE_SLOW = 5_000
LONGER = 5  # times

RAW = """
CREATE TEMPORARY TABLE raw AS SELECT {columns} FROM jobs_product WITH NO DATA;
\\copy raw ({columns}) FROM '{path}' WITH (FORMAT csv, HEADER)
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


def ours(path: Path, **options: Any) -> None:
    import_products(path, progress=recorded("import_products"), **options)


def raw(path: Path, *, order: str = "") -> None:
    columns = ", ".join(COLUMNS)
    assignments = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])
    psql(RAW.format(columns=columns, path=path, order=order, assignments=assignments))


raw_sorted = partial(raw, order="ORDER BY sku")


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


def update_or_create(path: Path) -> None:
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            Product.objects.update_or_create(sku=row.pop("sku"), defaults=row)


def import_export(path: Path) -> None:
    result = ProductResource().import_data(Dataset().load(path.read_text(), format="csv"), raise_errors=True)
    assert not result.has_errors()


def contestants(rows: int) -> list[Contestant]:
    few, many = min(rows, ROWS_OF_THE_SLOW), rows * LONGER
    limit = Contestant("psql", "psql, sorted by SKU", raw_sorted, rows, outside=True)
    changed = Contestant("ours", "import_products", ours, rows, limit)
    long = Contestant("psql_long", "psql, sorted, a long file", raw_sorted, many, outside=True)
    same = (EMPTY, ALL)
    return [
        limit,
        changed,
        Contestant("unchanged", "import_products, unchanged file", ours, rows, changed, restore=same),
        Contestant("psql_unsorted", "psql, not sorted", raw, rows, limit, outside=True),
        Contestant("bulk_create", "bulk_create, batch 5,000, no checks", bulk_create, rows, limit),
        Contestant("update_or_create", "update_or_create, no checks", update_or_create, few, limit),
        Contestant("import_export", "django-import-export, use_bulk", import_export, few, limit),
        long,
        Contestant("ours_long", "import_products, a long file", ours, many, long),
        Contestant("one_shard", "the same with --shards 1", partial(ours, shards=1), many, long),
    ]


def file(each: Contestant, directory: Path) -> Path:
    path = directory / f"{each.rows}.csv"
    if not path.exists():
        statement = f"COPY ({PRODUCTS}) TO STDOUT (FORMAT csv, HEADER)"
        given = {"rows": each.rows}
        with path.open("wb") as target, connection.cursor() as cursor, cursor.copy(statement, given) as rows:
            target.writelines(rows)
    return path


def is_imported(each: Contestant, _: Path) -> bool:
    return Product.objects.exclude(category="OLD").count() == Product.objects.count() == each.rows


CONTEST = Contest(
    about=__doc__,
    rows=200_000,
    contestants=contestants,
    columns=RATES,
    is_done=is_imported,
    restore=(EMPTY, HALF),
    path=file,
)

if __name__ == "__main__":
    hold(CONTEST)

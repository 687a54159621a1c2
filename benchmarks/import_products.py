"""How fast a file of products is imported, and in how much memory, beside what else one would do.

Half of the products in the file exist already with other values; the file is shuffled. Each run is a fresh
process on a table restored, vacuumed and checkpointed; the variants take turns in every round.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from django.db import connection

from benchmarks.imports import DATABASE, SERVED
from jobs.models.product import Product

ROWS_OF_THE_SLOW = 20_000
ROWS_OF_THE_LONG = 1_000_000

# The same rows for everybody, in an order that is nobody's.
EXISTING = """
INSERT INTO jobs_product (sku, name, category, price)
SELECT 'SKU-' || lpad((2 * i)::text, 8, '0'), 'Product ' || 2 * i, 'OLD', 1
FROM generate_series(0, %s / 2 - 1) AS i ORDER BY md5(i::text)
"""


@dataclass
class Contestant:
    title: str
    variant: str
    rows: int
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        return [self.rows / each for each in self.seconds]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    contestants = _contestants(options.rows)
    with tempfile.TemporaryDirectory() as directory, _database():
        files = {rows: _file(Path(directory), rows) for rows in {each.rows for each in contestants}}
        for number in range(options.rounds):
            for each in contestants:
                print(f"Round {number + 1} of {options.rounds}: {each.title}", file=sys.stderr, flush=True)
                _run(each, files[each.rows])
    print(_table(contestants))


def _contestants(rows: int) -> list[Contestant]:
    return [
        Contestant("import_products", "ours", rows),
        Contestant(r"psql: \copy, one upsert", "raw", rows),
        Contestant("the same, sorted by SKU", "raw_sorted", rows),
        Contestant("bulk_create(update_conflicts), batch 5,000, no checks", "bulk_create", rows),
        Contestant("django-import-export, use_bulk, fewer rows", "import_export", ROWS_OF_THE_SLOW),
        Contestant("import_products, a long file", "ours", ROWS_OF_THE_LONG),
        Contestant("psql, sorted, a long file", "raw_sorted", ROWS_OF_THE_LONG),
    ]


@contextmanager
def _database() -> Iterator[None]:
    with _served() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    try:
        with connection.schema_editor() as editor:
            editor.create_model(Product)
        yield
    finally:
        connection.close()
        with _served() as cursor:
            cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@contextmanager
def _served() -> Iterator[psycopg.Cursor[Any]]:
    """The configured database, from which the benchmark's own is made."""
    known = connection.settings_dict
    where = {
        "host": known["HOST"],
        "port": known["PORT"],
        "user": known["USER"],
        "password": known["PASSWORD"],
    }
    given = {name: value for name, value in where.items() if value}
    with psycopg.connect(dbname=SERVED, autocommit=True, **given) as session, session.cursor() as cursor:
        yield cursor


def _file(directory: Path, rows: int) -> Path:
    path = directory / f"{rows}.csv"
    numbers = list(range(rows))
    random.Random(84).shuffle(numbers)
    with path.open("w") as file:
        file.write("sku,name,category,department,brand,package_size,price\n")
        for each in numbers:
            brand = "Private" if each % 3 else "National"
            about = f"CATEGORY {each % 300},DEPARTMENT {each % 25},{brand},{each % 50} OZ"
            file.write(f"SKU-{each:08d},Product {each} of the house,{about},{each % 1000}.{each % 100:02d}\n")
    return path


def _run(contestant: Contestant, path: Path) -> None:
    _restore(contestant.rows)
    command = [sys.executable, "-m", "benchmarks.imports.variants", contestant.variant, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured = json.loads(done.stdout)
    assert Product.objects.count() == contestant.rows
    contestant.seconds.append(measured["seconds"])
    contestant.megabytes.append(measured["megabytes"])


def _restore(rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_product RESTART IDENTITY")
        cursor.execute(EXISTING, [rows])
        cursor.execute("VACUUM ANALYZE jobs_product")
        cursor.execute("CHECKPOINT")


def _table(contestants: list[Contestant]) -> str:
    lines = [
        "| what | rows | rows/s, median (min-max) | to psql | to psql sorted | peak MB |",
        "|" + "---|" * 6,
    ]
    for each in contestants:
        low, middle, high = (f(each.rates) for f in (min, median, max))
        rate = f"{middle:,.0f} ({low:,.0f}-{high:,.0f})"
        ratios = " | ".join(_ratio(each, contestants, variant) for variant in ("raw", "raw_sorted"))
        peak = "-" if each.variant.startswith("raw") else f"{median(each.megabytes):.0f}"
        lines.append(f"| {each.title} | {each.rows:,} | {rate} | {ratios} | {peak} |")
    return "\n".join(lines)


def _ratio(contestant: Contestant, contestants: list[Contestant], variant: str) -> str:
    """Of the rates in the same round, since a shared machine is not equally fast in all; median."""
    peers = [each for each in contestants if each.variant == variant]
    peer = next((each for each in peers if each.rows == contestant.rows), peers[0])
    if peer.rows != contestant.rows and contestant.rows > peer.rows:
        return "-"
    return f"{median(a / b for a, b in zip(contestant.rates, peer.rates, strict=True)):.2f}"


if __name__ == "__main__":
    main()

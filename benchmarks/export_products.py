"""How fast products are exported, and in how much memory, beside what else one would do.

Each run is a fresh process on the same table, vacuumed and checkpointed; the variants take turns in every
round. XLSX is measured on a tenth of the rows.
"""

import argparse
import json
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

from benchmarks.exports import CATEGORIES, DATABASE, SERVED
from benchmarks.exports.variants import fill
from jobs.models.product import Product


@dataclass
class Contestant:
    """`peer` is the variant that it is compared with."""

    title: str
    variant: str
    peer: str
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
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=[], help="these variants; ours, psql, ours_xlsx")
    options = parser.parse_args()
    contestants = [
        each for each in _contestants(options.rows) if each.variant in options.only or not options.only
    ]
    with tempfile.TemporaryDirectory() as directory, _database():
        fill(options.rows)
        for number in range(options.rounds):
            for each in contestants:
                print(f"Round {number + 1} of {options.rounds}: {each.title}", file=sys.stderr, flush=True)
                _run(each, Path(directory) / "exported")
    print(_table(contestants))


def _contestants(rows: int) -> list[Contestant]:
    few = rows // CATEGORIES
    return [
        Contestant(r"CSV: psql, \copy", "psql", "psql", rows),
        Contestant("CSV: COPY by psycopg, row by row to a file", "psycopg", "psql", rows),
        Contestant("CSV: export_products", "ours", "psql", rows),
        Contestant("CSV: export_products --raw", "ours_raw", "psql", rows),
        Contestant("CSV: values_list and csv.writer", "values_list", "psql", rows),
        Contestant("JSON: export_products", "ours_json", "psql", rows),
        Contestant("XML: export_products", "ours_xml", "psql", rows),
        Contestant("Parquet: export_products", "ours_parquet", "values_list_parquet", rows),
        Contestant("Parquet: values_list and pyarrow", "values_list_parquet", "values_list_parquet", rows),
        Contestant("XLSX: export_products", "ours_xlsx", "values_list_xlsx", few),
        Contestant("XLSX: values_list and XlsxWriter", "values_list_xlsx", "values_list_xlsx", few),
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


def _run(contestant: Contestant, path: Path) -> None:
    path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.exports.variants", contestant.variant, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured = json.loads(done.stdout)
    assert path.stat().st_size > contestant.rows
    contestant.seconds.append(measured["seconds"])
    contestant.megabytes.append(measured["megabytes"])


def _table(contestants: list[Contestant]) -> str:
    lines = ["| what | rows | rows/s, median (min-max) | ratio | peak MB |", "|" + "---|" * 5]
    for each in contestants:
        low, middle, high = (f(each.rates) for f in (min, median, max))
        rate = f"{middle:,.0f} ({low:,.0f}-{high:,.0f})"
        peak = "-" if each.variant == "psql" else f"{median(each.megabytes):.0f}"
        lines.append(f"| {each.title} | {each.rows:,} | {rate} | {_ratio(each, contestants)} | {peak} |")
    return "\n".join(lines)


def _ratio(contestant: Contestant, contestants: list[Contestant]) -> str:
    """Of the rates in the same round, since a shared machine is not equally fast in all; median."""
    peer = next((each for each in contestants if each.variant == contestant.peer), None)
    if peer is None:
        return "-"
    return f"{median(a / b for a, b in zip(contestant.rates, peer.rates, strict=True)):.2f}"


if __name__ == "__main__":
    main()

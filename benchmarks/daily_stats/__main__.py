"""How fast the orders of thirty days are added up, beside what else one would do.

Each run is a fresh process on an empty table of figures; the variants take turns in every round, and must all
come to the same figures.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psycopg
from django.db import connection

from benchmarks.daily_stats import DATABASE, SERVED
from jobs.models.daily_stat import DailyStat
from jobs.models.order import Order

# As they come in over sixty days, by one of 50,000 customers.
ORDERS = """
INSERT INTO jobs_order (number, customer, placed_at, amount, created_at, updated_at)
SELECT i, 'customer ' || i * 7919 %% 50000, '2026-03-01'::timestamptz + i * interval '60 days' / %(orders)s,
    (i * 31 %% 20000) / 100.0, now(), now()
FROM generate_series(0, %(orders)s::bigint - 1) AS i
"""


@dataclass
class Contestant:
    title: str
    variant: str
    seconds: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    contestants = [
        Contestant("one GROUP BY into INSERT .. ON CONFLICT", "raw"),
        Contestant("compute_daily_stats", "ours"),
        Contestant("placed_at__date and update_or_create, day by day", "date_loop"),
        Contestant("a loop over the rows in Python", "python_loop"),
    ]
    with _database(options.orders):
        for number in range(options.rounds):
            figures = []
            for each in contestants:
                print(f"Round {number + 1} of {options.rounds}: {each.title}", file=sys.stderr, flush=True)
                figures.append(_run(each))
            assert figures.count(figures[0]) == len(figures), "they do not agree"
    print(_table(contestants))


@contextmanager
def _database(orders: int) -> Iterator[None]:
    with _served() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    try:
        with connection.schema_editor() as editor:
            editor.create_model(Order)
            editor.create_model(DailyStat)
        with connection.cursor() as cursor:
            cursor.execute(ORDERS, {"orders": orders})
            cursor.execute("VACUUM ANALYZE jobs_order")
            cursor.execute("CHECKPOINT")
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


def _run(contestant: Contestant) -> list[Any]:
    DailyStat.objects.all().delete()
    command = [sys.executable, "-m", "benchmarks.daily_stats.variants", contestant.variant]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    contestant.seconds.append(float(done.stdout))
    return list(DailyStat.objects.values_list("day", "orders", "customers", "amount"))


def _table(contestants: list[Contestant]) -> str:
    lines = ["| what | seconds, median (min-max) | to the raw statement |", "|" + "---|" * 3]
    limit = contestants[0].seconds
    for each in contestants:
        low, middle, high = (f(each.seconds) for f in (min, median, max))
        # Of the times in the same round, since a shared machine is not equally fast in all.
        ratio = median(a / b for a, b in zip(each.seconds, limit, strict=True))
        lines.append(f"| {each.title} | {middle:.2f} ({low:.2f}-{high:.2f}) | {ratio:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

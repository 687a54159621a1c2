"""The ways of adding up the orders of thirty days that are compared; each run is a process of its own.

`python -m benchmarks.daily_stats.variants VARIANT` prints the seconds it took.
"""

import sys
import time
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from benchmarks.daily_stats import SINCE, UNTIL
from jobs.models.daily_stat import DailyStat
from jobs.models.order import Order
from jobs.services.daily_stats import Months, compute_daily_stats
from jobs.services.days import first_moment, last_moment

RAW = """
INSERT INTO jobs_dailystat (day, orders, customers, amount)
SELECT (placed_at AT TIME ZONE %(zone)s)::date, count(*), count(DISTINCT customer), sum(amount)
FROM jobs_order WHERE placed_at BETWEEN %(begin)s AND %(end)s GROUP BY 1
ON CONFLICT (day) DO UPDATE SET
    orders = excluded.orders, customers = excluded.customers, amount = excluded.amount,
    updated_at = statement_timestamp()
"""
RANGE = {"begin": first_moment(SINCE), "end": last_moment(UNTIL)}
DAYS = [day for days, _ in Months(SINCE, UNTIL).batches(None, 1) for day in days]


def raw() -> None:
    with connection.cursor() as cursor:
        cursor.execute(RAW, {"zone": settings.TIME_ZONE, **RANGE})


def ours() -> None:
    compute_daily_stats(since=SINCE, until=UNTIL)


def date_loop() -> None:
    for day in DAYS:
        found = Order.objects.filter(placed_at__date=day).aggregate(
            orders=Count("pk"), customers=Count("customer", distinct=True), amount=Sum("amount")
        )
        _keep(day, **{**found, "amount": found["amount"] or 0})


def python_loop() -> None:
    days: Any = defaultdict(lambda: [0, set(), Decimal(0)])
    orders = Order.objects.filter(placed_at__range=tuple(RANGE.values()))
    for placed_at, customer, amount in orders.values_list("placed_at", "customer", "amount").iterator():
        found = days[timezone.localdate(placed_at)]
        found[0] += 1
        found[1].add(customer)
        found[2] += amount
    for day in DAYS:
        number, customers, amount = days[day]
        _keep(day, orders=number, customers=len(customers), amount=amount)


VARIANTS = {each.__name__: each for each in (raw, ours, date_loop, python_loop)}


def _keep(day: Any, **figures: Any) -> None:
    DailyStat.objects.update_or_create(day=day, defaults=figures)


def main(variant: str) -> None:
    connection.ensure_connection()
    begin = time.perf_counter()
    VARIANTS[variant]()
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main(*sys.argv[1:])

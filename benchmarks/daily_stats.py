"""How fast the orders of thirty days are added up, beside what else one would do.

`--rows` are all orders, of 50,000 customers in sixty days; thirty of these, in two months, are added up:
orders, distinct customers, amount. All must come to the same figures. The limit is one GROUP BY into an
upsert, which leaves days without orders out, and keeps no place.

Goal: at most 1.1 times as long.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from benchmarks.contest.columns import longest, peak, ratio_of_seconds, rows, seconds
from benchmarks.contest.contest import Contest, hold
from benchmarks.contest.contestant import Contestant
from benchmarks.contest.database import one_statement
from benchmarks.contest.recorded import recorded
from jobs.models.daily_stat import DailyStat
from jobs.models.order import Order
from jobs.services.daily_stats import compute_daily_stats
from jobs.services.days import first_moment, last_moment

# In the middle of the orders, and over the end of a month.
SINCE, UNTIL = date(2026, 3, 16), date(2026, 4, 14)
DAYS = [SINCE + timedelta(days=number) for number in range((UNTIL - SINCE).days + 1)]
MOMENTS = (first_moment(SINCE), last_moment(UNTIL))
FIGURES: dict[str, Any] = {
    "orders": Count("pk"),
    "customers": Count("customer", distinct=True),
    "amount": Sum("amount", default=Decimal(0)),
}

ORDERS = """
INSERT INTO jobs_order (number, customer, placed_at, amount, created_at, updated_at)
SELECT i, 'customer ' || mod(i * 7919, 50000),
    '2026-03-01'::timestamptz + i * interval '60 days' / %(rows)s, mod(i * 31, 20000) / 100.0, now(), now()
FROM generate_series(0, %(rows)s::bigint - 1) AS i
"""
GROUP_BY = """
INSERT INTO jobs_dailystat (day, orders, customers, amount)
SELECT (placed_at AT TIME ZONE %(zone)s)::date, count(*), count(DISTINCT customer), sum(amount)
FROM jobs_order WHERE placed_at BETWEEN %(begin)s AND %(end)s GROUP BY 1
ON CONFLICT (day) DO UPDATE SET
    orders = excluded.orders, customers = excluded.customers, amount = excluded.amount,
    updated_at = statement_timestamp()
"""


def group_by(_: Path) -> float:
    begin, end = MOMENTS
    return one_statement(GROUP_BY, {"zone": settings.TIME_ZONE, "begin": begin, "end": end})


def ours(_: Path) -> float:
    progress = recorded("compute_daily_stats")
    compute_daily_stats(since=SINCE, until=UNTIL, progress=progress)
    return progress.longest


def date_loop(_: Path) -> None:
    for day in DAYS:
        _keep(day, **Order.objects.filter(placed_at__date=day).aggregate(**FIGURES))


def python_loop(_: Path) -> None:
    days: Any = defaultdict(lambda: [0, set(), Decimal(0)])
    orders = Order.objects.filter(placed_at__range=MOMENTS)
    for placed_at, customer, amount in orders.values_list("placed_at", "customer", "amount").iterator():
        found = days[timezone.localdate(placed_at)]
        found[0] += 1
        found[1].add(customer)
        found[2] += amount
    for day, (number, customers, amount) in days.items():
        _keep(day, orders=number, customers=len(customers), amount=amount)


def _keep(day: date, **figures: Any) -> None:
    DailyStat.objects.update_or_create(day=day, defaults=figures)


def contestants(orders: int) -> list[Contestant]:
    first = Contestant("group_by", "one GROUP BY into INSERT .. ON CONFLICT", group_by, orders)
    return [
        first,
        Contestant("ours", "compute_daily_stats", ours, orders, first),
        Contestant("date_loop", "placed_at__date, day by day", date_loop, orders, first),
        Contestant("python_loop", "a loop over the rows in Python", python_loop, orders, first),
    ]


def is_added_up(_: Contestant, __: Path) -> bool:
    # Of a day without orders, some write zeros and some nothing.
    figures = DailyStat.objects.exclude(orders=0).order_by("day").values_list("day", *FIGURES)
    return list(figures) == _expected()


@cache
def _expected() -> list[Any]:
    orders = Order.objects.filter(placed_at__range=MOMENTS)
    days = orders.annotate(day=TruncDate("placed_at")).values("day").annotate(**FIGURES)
    return list(days.order_by("day").values_list("day", *FIGURES))


CONTEST = Contest(
    about=__doc__,
    rows=2_000_000,
    contestants=contestants,
    columns={
        "rows": rows,
        "seconds, median (min-max)": seconds,
        "ratio to the first": ratio_of_seconds,
        "peak MB": peak,
        "longest transaction, ms": longest,
    },
    is_done=is_added_up,
    fill=(ORDERS,),
    restore=("TRUNCATE jobs_dailystat",),
)

if __name__ == "__main__":
    hold(CONTEST)

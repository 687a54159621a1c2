"""What was sold in a month: one query over its orders."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from jobs.exceptions import WrongInput

# All three in one walk over the month, and of one moment: the days add up to the total, whoever orders now.
SOLD = """
SELECT grouping(day), grouping(store), day, store,
       count(*), count(DISTINCT customer), coalesce(sum(lines), 0), coalesce(sum(amount), 0)
FROM (
    SELECT (placed_at AT TIME ZONE %(zone)s)::date AS day, store, customer, lines, amount
    FROM jobs_order WHERE placed_at >= %(begin)s AND placed_at < %(end)s
) AS sold
GROUP BY GROUPING SETS ((), (day), (store))
"""


@dataclass(frozen=True, kw_only=True)
class Month:
    """`begin` is its first day."""

    begin: date

    @property
    def code(self) -> str:
        return f"{self.begin:%Y-%m}"

    @property
    def label(self) -> str:
        return f"{calendar.month_name[self.begin.month]} {self.begin.year}"

    @property
    def days(self) -> list[date]:
        length = calendar.monthrange(self.begin.year, self.begin.month)[1]
        return [self.begin + timedelta(days=number) for number in range(length)]


@dataclass(frozen=True, kw_only=True)
class Sales:
    """`customers` counts each once; `lines` are those of the orders."""

    orders: int = 0
    customers: int = 0
    lines: int = 0
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class MonthSales:
    """`days` has every day of the month; `stores` are those with orders, the highest amount first."""

    month: Month
    total: Sales
    days: Sequence[tuple[date, Sales]]
    stores: Sequence[tuple[str, Sales]]


def read_month(text: str | None) -> Month:
    """From a text such as 2026-10; last month, in the service's time zone, from none. Raises WrongInput."""
    if not text:
        today = timezone.localdate(timezone=timezone.get_default_timezone())
        return Month(begin=(today.replace(day=1) - timedelta(days=1)).replace(day=1))
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
    # Of the years before 2 and after 9998 a border lies outside of what a datetime can be.
    if found is None or not 1 < int(found[1]) < 9999:
        raise WrongInput(f"{text!r} is no month; write it as year and number, such as 2026-10")
    return Month(begin=date(int(found[1]), int(found[2]), 1))


def sales_of(month: Month) -> MonthSales:
    """By the days of the service's time zone."""
    total, days, stores = Sales(), dict[date, Sales](), dict[str, Sales]()
    for no_day, no_store, day, store, *figures in _rows(month):
        names = ("orders", "customers", "lines", "amount")
        sales = Sales(**dict(zip(names, figures, strict=True)))
        if no_day and no_store:
            total = sales
        elif no_store:
            days[day] = sales
        else:
            stores[store] = sales
    return MonthSales(
        month=month,
        total=total,
        days=[(day, days.get(day, Sales())) for day in month.days],
        stores=sorted(stores.items(), key=lambda item: (-item[1].amount, item[0])),
    )


def _rows(month: Month) -> list[tuple[Any, ...]]:
    zone = timezone.get_default_timezone()
    first, behind = month.begin, month.days[-1] + timedelta(days=1)
    begin, end = (datetime.combine(day, time(), tzinfo=zone) for day in (first, behind))
    values: dict[str, Any] = {"zone": str(zone), "begin": begin, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(SOLD, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows

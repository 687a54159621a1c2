"""The orders of each day, added up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from django.conf import settings
from django.db import connection
from typing_extensions import Doc

from jobs.exceptions import WrongInput
from jobs.progress import Progress, silent
from jobs.services.days import first_moment, last_moment, yesterday
from jobs.sources import Source

MONTH = 31  # days

# The range of moments finds the orders by their index; whose day each is, is asked of the zone.
COUNTED = """
WITH placed AS (
    SELECT (placed_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS orders,
        count(DISTINCT customer) AS customers, sum(amount) AS amount
    FROM jobs_order WHERE placed_at BETWEEN %(begin)s AND %(end)s GROUP BY 1
), counted AS (
    SELECT day, coalesce(orders, 0) AS orders, coalesce(customers, 0) AS customers,
        coalesce(amount, 0) AS amount
    FROM (
        SELECT %(first)s::date + number AS day
        FROM generate_series(0, %(last)s::date - %(first)s::date) AS number
    ) AS days LEFT JOIN placed USING (day)
)"""

TOTALS = "(SELECT sum(orders) FROM counted), (SELECT sum(amount) * 100 FROM counted)"

# xmax is 0 in a row that was inserted, not updated.
WRITE = f"""{COUNTED}, written AS (
    INSERT INTO jobs_dailystat AS stored (day, orders, customers, amount)
    SELECT day, orders, customers, amount FROM counted ORDER BY day
    ON CONFLICT (day) DO UPDATE SET
        orders = excluded.orders, customers = excluded.customers, amount = excluded.amount,
        updated_at = statement_timestamp()
    WHERE (stored.orders, stored.customers, stored.amount)
        IS DISTINCT FROM (excluded.orders, excluded.customers, excluded.amount)
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new), {TOTALS} FROM written
"""  # noqa: S608 made of constants

COMPARE = f"""{COUNTED}
SELECT count(*) FILTER (WHERE stored.day IS NULL),
    count(*) FILTER (WHERE stored.day IS NOT NULL AND (stored.orders, stored.customers, stored.amount)
        IS DISTINCT FROM (counted.orders, counted.customers, counted.amount)), {TOTALS}
FROM counted LEFT JOIN jobs_dailystat AS stored ON stored.day = counted.day
"""  # noqa: S608


@dataclass(frozen=True, kw_only=True)
class DailyStatsReport:
    """`created`, `updated` and `unchanged` count days; `orders` and `amount` are those of all together."""

    since: date
    until: date
    created: int
    updated: int
    unchanged: int
    orders: int
    amount: Decimal
    dry_run: bool


def compute_daily_stats(
    *,
    date: Annotated[date | None, Doc("this day; yesterday where no day is given")] = None,
    since: Annotated[date | None, Doc("from this day on")] = None,
    until: Annotated[date | None, Doc("to this day; to yesterday where none is given")] = None,
    dry_run: Annotated[bool, Doc("say what would change, and change nothing")] = False,
    progress: Progress = silent,
) -> DailyStatsReport:
    """Add up the orders of a day, or of each day of a range; a day without orders gets zeros.

    Days are those of the service's time zone. Raises WrongInput for a combination that names no range.
    """
    since, until = _range(date, since, until)
    counts = progress.counts()
    progress.update(message="Adding up orders")
    for days in progress.batches(Days(since, until), step="days"):
        created, updated, orders, cents = _add_up(days, COMPARE if dry_run else WRITE)
        counts.update(days=len(days), created=created, updated=updated, orders=orders, cents=cents)
    return DailyStatsReport(
        since=since,
        until=until,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["days"] - counts["created"] - counts["updated"],
        orders=counts["orders"],
        amount=Decimal(counts["cents"]).scaleb(-2),
        dry_run=dry_run,
    )


def _range(day: date | None, since: date | None, until: date | None) -> tuple[date, date]:
    if day and (since or until):
        raise WrongInput("A date and a range were given; give date alone, or since and until without it")
    if until and not since:
        raise WrongInput(
            f"The range until {until} has no beginning; give since too, or date for a single day"
        )
    first, last = day or since or yesterday(), day or until or yesterday()
    if first > last:
        raise WrongInput(f"The range begins on {first} and ends before, on {last}; give a later until")
    return first, last


def _add_up(days: Sequence[date], statement: str) -> tuple[int, ...]:
    """Days created and updated, and their orders and cents."""
    first, last = days[0], days[-1]
    moments = {"begin": first_moment(first), "end": last_moment(last)}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"zone": settings.TIME_ZONE, "first": first, "last": last, **moments})
        return tuple(map(int, cursor.fetchone()))


class Days(Source[date]):
    """The days of a range; a batch is as many as the longest month has."""

    def __init__(self, since: date, until: date) -> None:
        self._days = range(since.toordinal(), until.toordinal() + 1)

    def batches(self, position: str | None, size: int) -> Iterator[tuple[list[date], str]]:
        rest = self._days[self._done(position) :]
        for begin in range(0, len(rest), MONTH):
            days = [date.fromordinal(number) for number in rest[begin : begin + MONTH]]
            yield days, str(days[-1])

    def remaining(self, position: str | None) -> int:
        return len(self._days) - self._done(position)

    def _done(self, position: str | None) -> int:
        return date.fromisoformat(position).toordinal() + 1 - self._days.start if position else 0

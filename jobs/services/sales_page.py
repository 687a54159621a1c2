"""A month's sales as an HTML page that needs nothing else: no script, no picture, no font from elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils import timezone

from jobs.services.sales_figures import MonthSales, Sales

MOST_STORES = 100  # rows; the workbook has them all
STEP, BAR, HEIGHT = 20, 14, 100  # the drawing's own units: a day, its bar, the whole height
TICKS = 4
NO_STORE = "no store"
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """In units of the drawing, from its upper left corner."""

    x: int
    y: float
    height: float
    title: str


@dataclass(frozen=True, kw_only=True)
class Tick:
    """`top` is in hundredths of the height."""

    top: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    width: int
    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    zero: float


def sales_page(sales: MonthSales) -> str:
    """Every text in it is escaped by the template."""
    context = {
        "sales": sales,
        "figures": _figures(sales.total),
        "days": [(day, _figures(each)) for day, each in sales.days],
        "stores": [(store or NO_STORE, _figures(each)) for store, each in sales.stores[:MOST_STORES]],
        "other_stores": len(sales.stores[MOST_STORES:]),
        "other_amount": money(sum((each.amount for _, each in sales.stores[MOST_STORES:]), NOTHING)),
        "chart": chart_of(sales.days),
        "made_at": timezone.now(),
        "zone": timezone.get_default_timezone(),
    }
    return render_to_string("jobs/sales_report.html", context)


def chart_of(days: Sequence[tuple[date, Sales]]) -> Chart:
    """A bar for each day, up or down from the line of zero."""
    amounts = [each.amount for _, each in days]
    ticks = list(_ticks(min([NOTHING, *amounts]), max([NOTHING, *amounts])))
    low, high = ticks[0], ticks[-1]

    def y(amount: Decimal) -> float:
        return round(float(HEIGHT * (high - amount) / (high - low)), 2)

    zero = y(NOTHING)
    bars = [
        Bar(
            x=number * STEP + (STEP - BAR) // 2,
            y=min(zero, y(each.amount)),
            height=round(abs(zero - y(each.amount)), 2),
            title=f"{day:%d %B}: {money(each.amount)}, {each.orders:,} orders",
        )
        for number, (day, each) in enumerate(days)
    ]
    marks = [Tick(top=y(tick), label=_short(tick)) for tick in ticks]
    return Chart(width=len(days) * STEP, bars=bars, ticks=marks, zero=zero)


def money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _figures(sales: Sales) -> dict[str, str]:
    return {
        "orders": f"{sales.orders:,}",
        "customers": f"{sales.customers:,}",
        "lines": f"{sales.lines:,}",
        "amount": money(sales.amount),
    }


def _ticks(lowest: Decimal, highest: Decimal) -> Iterator[Decimal]:
    """Round numbers, the first and the last of which have all between them."""
    rough = (highest - lowest) / TICKS or Decimal(1)
    highest = highest if highest > lowest else lowest + 1
    unit = Decimal(10) ** rough.adjusted()
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    tick = (lowest / step).to_integral_value("ROUND_FLOOR") * step
    while tick < highest:
        yield tick
        tick += step
    yield tick


def _short(amount: Decimal) -> str:
    """1,500 as 1.5k."""
    for limit, sign in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if abs(amount) >= limit:
            return f"{(amount / limit).normalize():f}{sign}"
    return f"{amount.normalize():f}"

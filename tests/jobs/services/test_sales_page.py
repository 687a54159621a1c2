"""The page of a month's sales: what it shows, and that nothing in it can act."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from jobs.services.sales_figures import MonthSales, Sales, read_month
from jobs.services.sales_page import chart_of, sales_page

MONTH = read_month("2026-10")


def month_of(amounts: Sequence[str], stores: Sequence[str] = ("north",)) -> MonthSales:
    """An order a day, from the first on."""
    days = [Sales(orders=1, customers=1, lines=1, amount=Decimal(amount)) for amount in amounts]
    days += [Sales()] * (len(MONTH.days) - len(days))
    total = Sales(orders=len(amounts), customers=1, lines=9, amount=sum(map(Decimal, amounts), Decimal(0)))
    named = [(store, Sales(orders=1, amount=Decimal(1))) for store in stores]
    return MonthSales(month=MONTH, total=total, days=list(zip(MONTH.days, days, strict=True)), stores=named)


class Texts(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def test_every_day_and_store_is_on_the_page() -> None:
    page = Texts(sales_page(month_of(["1234.5", "7"], ["north", ""])))

    texts = [text for text in page.texts if text]
    assert texts[texts.index("Thu 1") :][:4] == ["Thu 1", "1", "1", "1,234.50"]
    assert texts.count("0.00") == 29
    assert "no store" in texts
    assert page.tags.count("rect") == 31


def test_a_name_is_a_text_whatever_it_holds() -> None:
    page = Texts(sales_page(month_of(["1"], ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])))

    assert "<script>alert(1)</script>" in page.texts
    assert not {"script", "img", "link", "iframe"} & set(page.tags)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = sales_page(month_of(["1"]))

    assert not re.search(r"(?:src|href)=|url\(|@import|//", page.replace("http-equiv", ""))


def test_a_month_without_orders_says_so() -> None:
    page = Texts(sales_page(month_of([])))

    assert "No orders were placed in October 2026." in page.texts
    assert "svg" not in page.tags


def test_many_stores_are_cut_to_the_hundred_highest() -> None:
    page = Texts(sales_page(month_of(["1"], [f"store {number}" for number in range(103)])))

    assert "store 99" in page.texts
    assert "store 100" not in page.texts
    assert page.texts[page.texts.index("3 more") :].count("3.00") == 1


@pytest.mark.parametrize(
    ("amounts", "labels"),
    [
        (["1234"], ["1.5k", "1k", "500", "0"]),
        (["0.07"], ["0.08", "0.06", "0.04", "0.02", "0"]),
        (["-150", "90"], ["100", "0", "-100", "-200"]),
        (["0"], ["1", "0"]),
        (["-4"], ["0", "-1", "-2", "-3", "-4"]),
        (["9999999999.99"], ["10G", "5G", "0"]),
    ],
)
def test_the_axis_has_round_numbers(amounts: list[str], labels: list[str]) -> None:
    chart = chart_of(month_of(amounts).days)

    assert [tick.label for tick in reversed(chart.ticks)] == labels


def test_bars_stand_on_zero_and_hang_from_it() -> None:
    chart = chart_of(month_of(["50", "-100", "0"]).days)

    up, down, none = chart.bars[:3]
    assert chart.zero == pytest.approx(100 / 3, abs=0.01)
    assert up.y + up.height == pytest.approx(chart.zero)
    assert (down.y, down.height) == (chart.zero, pytest.approx(2 * up.height, abs=0.02))
    assert none.height == 0


def test_bars_stay_within_the_drawing() -> None:
    days = month_of([str(number**3) for number in range(31)]).days

    chart = chart_of(days)

    assert all(bar.y >= 0 and bar.y + bar.height <= 100.01 for bar in chart.bars)
    assert chart.bars[-1].x + 14 < chart.width
    assert days[1][0] - days[0][0] == timedelta(days=1)

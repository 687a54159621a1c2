"""What was sold in a month, compared with sums of other kinds."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import override_settings

from jobs.exceptions import WrongInput
from jobs.models.order import Order
from jobs.services.sales_figures import read_month, sales_of
from tests.jobs.services.sold import sold


def test_a_month_is_year_and_number() -> None:
    month = read_month("2024-02")

    assert (month.begin, month.code, month.label, len(month.days)) == (
        date(2024, 2, 1),
        "2024-02",
        "February 2024",
        29,
    )


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "26-10", "2026-1", "0000-01", "9999-12", "October", "２０２６-10"]
)
def test_what_is_no_month_is_a_sentence(text: str) -> None:
    with pytest.raises(WrongInput, match=f"'{text}' is no month; write it as year and number"):
        read_month(text)


@pytest.mark.parametrize(("now", "expected"), [("2026-03-31", "2026-02"), ("2026-01-01", "2025-12")])
def test_no_month_is_the_last_one(now: str, expected: str) -> None:
    with time_machine.travel(f"{now}T12:00:00Z"):
        assert read_month(None).code == expected


@override_settings(TIME_ZONE="Pacific/Auckland")
def test_the_last_month_is_that_of_the_service_s_zone() -> None:
    with time_machine.travel("2026-10-31T23:00:00Z"):
        assert read_month(None).code == "2026-10"


@pytest.mark.django_db
def test_orders_count_by_day_by_store_and_in_all() -> None:
    sold("2026-10-01T00:00", "1.10", customer="ann", lines=2)
    sold("2026-10-01T23:59:59", "2.20", customer="ben", store="")
    sold("2026-10-31T23:59:59", "-0.30", customer="ann")
    sold("2026-09-30T23:59:59", "100")
    sold("2026-11-01T00:00", "100")

    sales = sales_of(read_month("2026-10"))

    figures = {day: (each.orders, each.customers, each.amount) for day, each in sales.days if each.orders}
    assert figures == {
        date(2026, 10, 1): (2, 2, Decimal("3.30")),
        date(2026, 10, 31): (1, 1, Decimal("-0.30")),
    }
    assert len(sales.days) == 31
    assert [(store, each.orders, each.amount) for store, each in sales.stores] == [
        ("", 1, Decimal("2.20")),
        ("north", 2, Decimal("0.80")),
    ]
    total = sales.total
    assert (total.orders, total.customers, total.lines, total.amount) == (3, 2, 4, Decimal("3.00"))


@pytest.mark.django_db
@override_settings(TIME_ZONE="Europe/Berlin")
def test_a_day_is_that_of_the_service_s_zone() -> None:
    sold("2026-09-30T22:00:00", "1")  # 1 October, 00:00, in summer
    sold("2026-10-31T22:59:59", "2")  # 31 October, 23:59:59, in winter
    sold("2026-10-31T23:00:00", "4")  # 1 November

    sales = sales_of(read_month("2026-10"))

    found = {day.day: each.amount for day, each in sales.days if each.orders}
    assert found == {1: 1, 31: 2}


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_figures_are_those_of_a_loop_over_the_orders(zone: str, settings: Any) -> None:
    settings.TIME_ZONE = zone
    random = Random(4)
    begin = datetime(2026, 10, 25, tzinfo=UTC)
    for _ in range(300):
        moment = begin + timedelta(minutes=random.randrange(20 * 24 * 60))
        store, customer = random.choice(["", "north", "south"]), str(random.randrange(20))
        sold(
            moment.isoformat(),
            str(Decimal(random.randrange(-500, 99_999)) / 100),
            store=store,
            customer=customer,
        )
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    customers: dict[str, set[str]] = defaultdict(set)
    for order in Order.objects.all():
        day = order.placed_at.astimezone(ZoneInfo(zone)).date()
        if (day.year, day.month) == (2026, 11):
            by_day[day] += order.amount
            customers[order.store].add(order.customer)

    sales = sales_of(read_month("2026-11"))

    assert {day: each.amount for day, each in sales.days if each.orders} == by_day
    assert {store: each.customers for store, each in sales.stores} == {
        k: len(v) for k, v in customers.items()
    }
    assert sales.total.amount == sum(by_day.values())
    assert sales.total.customers == len(set().union(*customers.values()))


@pytest.mark.django_db
def test_a_month_is_one_query(django_assert_num_queries: Any) -> None:
    sold("2026-10-01T00:00")

    with django_assert_num_queries(1):
        sales_of(read_month("2026-10"))

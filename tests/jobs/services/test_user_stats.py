"""What a user has ordered."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from jobs import catalog
from jobs.exceptions import WrongParameters
from jobs.services.user_stats import UserStats, compute_user_stats
from tests.jobs.services.ordered import order

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return User.objects.create(username="ann")


def test_the_orders_of_a_user_are_added_up(ann: User) -> None:
    order("2026-05-04 12:00", amount="10.00", tags=["gift", "gift", "express"])
    order("2026-05-06 12:00", amount="0.05", tags=["gift"])
    order("2026-05-05 12:00", amount="0.00")
    order(customer="anna", amount="99.00", tags=["other"])

    stats = compute_user_stats(ann)

    assert stats == UserStats(
        user="ann",
        orders=3,
        amount=Decimal("10.05"),
        average=Decimal("3.35"),
        first_order=datetime(2026, 5, 4, 12, tzinfo=UTC),
        last_order=datetime(2026, 5, 6, 12, tzinfo=UTC),
        tags={"gift": 2, "express": 1},
    )


@pytest.mark.parametrize(("amount", "average"), [("0.25", "0.12"), ("0.27", "0.14")])
def test_an_average_is_rounded_half_to_even(ann: User, amount: str, average: str) -> None:
    order(amount=amount)
    order(amount="0.00")

    assert compute_user_stats(ann).average == Decimal(average)


def test_a_user_without_orders_gets_zeros(ann: User) -> None:
    stats = compute_user_stats(ann)

    assert (stats.orders, str(stats.amount), str(stats.average)) == (0, "0.00", "0.00")
    assert (stats.first_order, stats.last_order, stats.tags) == (None, None, {})


def test_since_begins_with_the_day_in_the_zone_of_the_service(ann: User, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    order("2026-05-03 23:59")
    order("2026-05-04 00:00")

    stats = compute_user_stats(ann, since=date(2026, 5, 4))

    assert (stats.orders, str(stats.first_order)) == (1, "2026-05-04 00:00:00+02:00")


@pytest.mark.parametrize(
    ("tags", "amount"), [([], "7.00"), (["a"], "3.00"), (["b", "a"], "2.00"), (["c"], "0.00")]
)
def test_only_orders_that_have_all_the_tags_count(ann: User, tags: list[str], amount: str) -> None:
    order(amount="1.00", tags=["a"])
    order(amount="2.00", tags=["a", "b", "x"])
    order(amount="4.00", tags=["b"])

    assert str(compute_user_stats(ann, tags=tags).amount) == amount


def test_a_user_whom_nobody_knows_is_refused_at_the_door() -> None:
    with pytest.raises(WrongParameters, match=r"there is no user 'nobody'$"):
        catalog.COMPUTE_USER_STATS.parameters.parse({"user": "nobody"})

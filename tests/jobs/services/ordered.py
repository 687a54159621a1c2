"""Orders of a test."""

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from jobs.models.order import Order, OrderState

_numbers = count(1)


def order(placed_at: str = "2026-05-04 12:00", **facts: Any) -> Order:
    """The moment is one of the service's zone."""
    moment = timezone.make_aware(datetime.fromisoformat(placed_at), timezone.get_default_timezone())
    given = {"number": str(next(_numbers)), "customer": "ann", "amount": "1.00", "placed_at": moment, **facts}
    return Order.objects.create(**given)


def pending() -> list[int]:
    return list(Order.objects.filter(state=OrderState.PENDING).order_by("pk").values_list("pk", flat=True))

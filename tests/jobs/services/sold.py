"""Orders of a month."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from jobs.models.order import Order

NUMBERS = count()


def sold(placed_at: str, amount: str = "1.00", **facts: Any) -> Order:
    """At that time, in UTC where it names no zone."""
    moment = datetime.fromisoformat(placed_at)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    values = {"customer": "ann", "store": "north", "lines": 1, **facts}
    return Order.objects.create(number=f"o{next(NUMBERS)}", placed_at=moment, amount=amount, **values)

"""Products to export, and what a file says of them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from jobs.models.product import Product

MADE = datetime(2026, 11, 21, 14, 30, 15, 250_000, tzinfo=UTC)


def make_product(sku: str = "1", **values: Any) -> Product:
    given = {"name": "Tea", "price": Decimal("2.50"), "created_at": MADE, "updated_at": MADE, **values}
    return Product.objects.create(sku=sku, **given)

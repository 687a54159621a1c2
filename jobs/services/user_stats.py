"""What a user has ordered."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.contrib.auth.models import User
from django.db.models import Count, F, Func, Max, Min, QuerySet, Sum
from django.utils import timezone
from typing_extensions import Doc

from jobs.models.order import Order
from jobs.services.days import first_moment

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class UserStats:
    """`average` is rounded half to even; `tags` counts the orders of each tag, the most frequent first."""

    user: str
    orders: int
    amount: Decimal
    average: Decimal
    first_order: datetime | None
    last_order: datetime | None
    tags: dict[str, int]


# To django-stubs, what annotates a model is a declaration of fields that a query has added.
def compute_user_stats(
    user: Annotated[User, Doc("name or id of the user")],  # type: ignore[valid-type] # it is a note for people
    *,
    since: Annotated[date | None, Doc("orders of this day and later only")] = None,
    tags: Annotated[list[str], Doc("orders that have all of these tags only")] = [],  # noqa: B006 never changed
) -> UserStats:
    """Add up the orders of a user: those whose customer is the user's name."""
    orders = _orders(user, since, tags)
    found = orders.aggregate(
        number=Count("pk"), amount=Sum("amount"), first=Min("placed_at"), last=Max("placed_at")
    )
    number, amount = found["number"], found["amount"] or Decimal(0)
    return UserStats(
        user=user.get_username(),
        orders=number,
        amount=amount.quantize(CENT),
        average=(amount / max(number, 1)).quantize(CENT),
        first_order=_local(found["first"]),
        last_order=_local(found["last"]),
        tags=_tags(orders),
    )


def _orders(user: User, since: date | None, tags: list[str]) -> QuerySet[Order]:
    orders = Order.objects.filter(customer=user.get_username())
    if since:
        orders = orders.filter(placed_at__gte=first_moment(since))
    return orders.filter(tags__contains=tags) if tags else orders


def _local(moment: datetime | None) -> datetime | None:
    return moment and timezone.localtime(moment, timezone.get_default_timezone())


def _tags(orders: QuerySet[Order]) -> dict[str, int]:
    each = Func(F("tags"), function="unnest", set_returning=True, output_field=Order.tags.field.base_field)
    counted = orders.order_by().values(tag=each).annotate(number=Count("pk", distinct=True))
    return dict(counted.order_by("-number", "tag").values_list("tag", "number"))

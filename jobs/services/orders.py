"""The orders of the shop, on their way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge
from django.db.models.functions import Now
from typing_extensions import Doc

from jobs.models.order import Order, OrderState
from jobs.progress import Progress, silent
from jobs.sources import Source


@dataclass(frozen=True, kw_only=True)
class ProcessReport:
    """`processed` counts this run's orders, or those that a real run alone would process now."""

    processed: int
    dry_run: bool


def process_orders(
    *,
    limit: Annotated[int | None, Ge(1), Doc("process this many at most; all where none is given")] = None,
    batch_size: Annotated[int, Ge(1), Doc("orders processed in one transaction")] = 1_000,
    dry_run: Annotated[bool, Doc("count, and change nothing")] = False,
    progress: Progress = silent,
) -> ProcessReport:
    """Process pending orders, oldest first; any number of runs may do so at the same time.

    What an order needs beyond its new state belongs into the same transaction, after `_process`.
    """
    pending = PendingOrders(limit)
    if dry_run:
        return ProcessReport(processed=pending.remaining(None), dry_run=True)
    counts = progress.counts()
    progress.update(message="Processing orders")
    for keys in progress.batches(pending, batch_size, step="process"):
        counts["processed"] += _process(keys)
    progress.update(counts["processed"], total=counts["processed"], message="")
    return ProcessReport(processed=counts["processed"], dry_run=False)


def _process(keys: Sequence[int]) -> int:
    claimed = Order.objects.filter(pk__in=keys, state=OrderState.PENDING)
    return claimed.update(state=OrderState.PROCESSED, processed_at=Now(), updated_at=Now())


class PendingOrders(Source[int]):
    """Keys of orders that nobody else can have until the batch is committed; the position is their number."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit

    def batches(self, position: int | None, size: int) -> Iterator[tuple[list[int], int]]:
        done, behind = position or 0, 0
        while room := size if self._limit is None else min(size, self._limit - done):
            # Behind the last one, since the index still holds those that were pending before it. At the end
            # from the beginning: a run that failed may have let go of some.
            keys = self._claim(behind, room) or self._claim(0, room)
            if not keys:
                return
            done, behind = done + len(keys), keys[-1]
            yield keys, done

    def remaining(self, position: int | None) -> int:
        pending = Order.objects.filter(state=OrderState.PENDING).count()
        return pending if self._limit is None else min(pending, self._limit - (position or 0))

    def _claim(self, behind: int, most: int) -> list[int]:
        pending = Order.objects.filter(state=OrderState.PENDING, pk__gt=behind).order_by("pk")
        return list(pending.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])

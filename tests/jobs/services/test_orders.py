"""Orders on their way."""

from contextlib import ExitStack
from typing import Any

import pytest

from jobs.models.order import Order, OrderState
from jobs.progress import Progress, silent
from jobs.services.orders import PendingOrders, process_orders
from tests.jobs.claimed import another_session, at_once
from tests.jobs.services.ordered import order, pending
from tests.jobs.services.resumed import until_done

pytestmark = pytest.mark.django_db
at_the_same_time = pytest.mark.django_db(transaction=True)

LOCK = "SELECT FROM jobs_order WHERE id = %s FOR UPDATE"


def test_a_pending_order_is_processed_and_says_when() -> None:
    before = order()

    report = process_orders()

    after = Order.objects.get()
    assert (report.processed, after.state) == (1, OrderState.PROCESSED)
    assert after.processed_at > before.placed_at
    assert after.updated_at > after.created_at


def test_a_processed_order_is_left_alone() -> None:
    order(state=OrderState.PROCESSED)
    before = list(Order.objects.values())

    report = process_orders()

    assert (report.processed, list(Order.objects.values())) == (0, before)


@pytest.mark.parametrize(("limit", "batch_size"), [(3, 1_000), (3, 2), (3, 3), (3, 1)])
def test_a_limit_takes_the_oldest(limit: int, batch_size: int) -> None:
    keys = [order().pk for _ in range(5)]

    report = process_orders(limit=limit, batch_size=batch_size)

    assert (report.processed, pending()) == (3, keys[3:])


@pytest.mark.parametrize(("limit", "processed"), [(None, 5), (3, 3), (9, 5)])
def test_a_dry_run_counts_the_same_and_changes_nothing(limit: int | None, processed: int) -> None:
    keys = [order().pk for _ in range(5)]

    report = process_orders(limit=limit, dry_run=True)

    assert (report.processed, pending()) == (processed, keys)


@pytest.mark.parametrize(("limit", "processed"), [(None, 7), (5, 5)])
def test_cut_off_before_and_after_each_commit_every_order_is_processed_once(
    limit: int | None, processed: int
) -> None:
    keys = [order().pk for _ in range(7)]

    def attempt(progress: Progress) -> Any:
        return process_orders(limit=limit, batch_size=2, progress=progress)

    report = until_done("process_orders", attempt)

    assert (report.processed, pending()) == (processed, keys[processed:])


@at_the_same_time
def test_several_at_once_process_each_order_once() -> None:
    for _ in range(200):
        order()

    reports = at_once(lambda: process_orders(batch_size=7), times=4)

    assert (sum(report.processed for report in reports), pending()) == (200, [])


@at_the_same_time
def test_an_order_that_another_has_claimed_is_passed_over_without_a_wait() -> None:
    claimed, free = order(), order()

    with another_session() as other:
        other.execute(LOCK, [claimed.pk])
        report = process_orders()
        left = pending()

    assert (report.processed, left) == (1, [claimed.pk])
    assert Order.objects.get(pk=free.pk).state == OrderState.PROCESSED


@at_the_same_time
def test_what_another_lets_go_of_is_processed_at_the_end() -> None:
    keys = [order().pk for _ in range(4)]
    walked = []

    with ExitStack() as until_first_batch:
        until_first_batch.enter_context(another_session()).execute(LOCK, [keys[0]])
        for batch in silent.batches(PendingOrders(None), 2):
            walked += batch
            Order.objects.filter(pk__in=batch).update(state=OrderState.PROCESSED)
            until_first_batch.close()

    assert walked == [*keys[1:], keys[0]]

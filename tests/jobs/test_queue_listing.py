"""The queues, and what waits in each."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from jobs.models import Heartbeat, Queue, Run
from jobs.models.state import Awaits, State
from jobs.queue_listing import UnknownQueue, find_queue, queue_table, queues
from jobs.terminal import printed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_works(db: None) -> None:
    """A worker of another test may have taken its leave only just now."""
    Heartbeat.objects.all().delete()


def test_the_queues_of_the_catalog_are_listed_with_their_runs() -> None:
    for state in (State.QUEUED, State.QUEUED, State.RUNNING, State.PAUSED):
        Run.objects.create(job="greet", state=state)

    counts = {each.queue: (each.backlog.queued, each.backlog.running, each.paused_at) for each in queues()}

    assert counts == {"bulk": (0, 0, None), "default": (2, 1, None)}


def test_each_queued_run_is_counted_for_what_it_waits_for() -> None:
    now = timezone.now()
    later = now + timedelta(minutes=1)
    Run.objects.create(job="greet", not_before=now - timedelta(minutes=3))
    Run.objects.create(job="greet", not_before=now - timedelta(minutes=1), failures=1)
    Run.objects.create(job="greet", not_before=later)
    for failures in (1, 2):
        Run.objects.create(job="greet", not_before=later, failures=failures)
    for _ in range(4):
        Run.objects.create(job="greet", awaits=Awaits.ENDS)

    found = find_queue("default").backlog

    counts = (found.queued, found.due, found.delayed, found.retrying, found.waiting)
    assert counts == (9, 2, 1, 2, 4)
    assert timedelta(minutes=3) <= found.longest < timedelta(minutes=4)


def test_a_queue_names_the_workers_that_take_it_and_are_there() -> None:
    Heartbeat.objects.beat("worker", "a@b", queues=["bulk", "night"])
    Heartbeat.objects.beat("worker", "c@d", queues=["bulk"])
    Heartbeat.objects.beat("worker", "gone@d", queues=["bulk"])
    Heartbeat.objects.end("gone@d")

    workers = {each.queue: (each.workers, each.is_unserved) for each in queues()}

    assert workers == {
        "bulk": (("a@b", "c@d"), False),
        "default": ((), True),
        "night": (("a@b",), False),
    }


def test_nobody_is_missed_at_a_queue_that_is_paused() -> None:
    Queue.objects.pause("bulk", by=User.objects.create(username="ann"), reason="the disk is full")

    bulk = find_queue("bulk")

    assert (bulk.is_unserved, bulk.paused_by, bulk.reason) == (False, "ann", "the disk is full")


def test_a_listing_takes_three_statements_however_many_queues_there_are(
    django_assert_num_queries: Any,
) -> None:
    for number in range(20):
        Run.objects.create(job="greet", queue=f"queue {number}")

    with django_assert_num_queries(3):
        queues()


def test_json_has_one_object_without_layers() -> None:
    assert find_queue("bulk").as_json().items() >= {"queue": "bulk", "queued": 0, "workers": ()}.items()


def test_a_queue_that_only_a_run_names_is_listed() -> None:
    Run.objects.create(job="greet", queue="night")

    assert [each.queue for each in queues()] == ["bulk", "default", "night"]


def test_a_paused_queue_says_since_when() -> None:
    Queue.objects.pause("bulk")

    paused = find_queue("bulk").paused_at

    assert paused is not None
    assert f"{paused:%Y-%m-%d %H:%M:%S}" in printed(queue_table(queues()), is_terminal=False)


def test_a_mistyped_name_is_told_the_nearest_one() -> None:
    with pytest.raises(UnknownQueue, match="did you mean 'bulk'"):
        find_queue("bulkk")

"""Queues that are held."""

import pytest
from django.contrib.auth.models import User

from jobs.models.queue import Queue
from tests.jobs.claimed import at_once

pytestmark = pytest.mark.django_db


def test_a_queue_that_nobody_paused_needs_no_row() -> None:
    Queue.objects.resume("bulk")

    assert (Queue.objects.paused(), Queue.objects.count()) == (set(), 0)


def test_a_paused_queue_is_known_by_its_name() -> None:
    Queue.objects.pause("bulk")

    assert Queue.objects.paused() == {"bulk"}
    assert str(Queue.objects.get()) == "bulk"


def test_a_queue_that_is_paused_again_is_paused_since_the_first_time() -> None:
    Queue.objects.pause("bulk")
    first = Queue.objects.get().paused_at

    Queue.objects.pause("bulk")

    assert Queue.objects.get().paused_at == first


def test_a_resumed_queue_is_paused_no_more_and_can_be_again() -> None:
    Queue.objects.pause("bulk")
    Queue.objects.resume("bulk")
    between = Queue.objects.paused()

    Queue.objects.pause("bulk")

    assert (between, Queue.objects.paused()) == (set(), {"bulk"})


def test_who_paused_it_and_why_is_kept_from_the_first_time_until_it_is_resumed() -> None:
    ann = User.objects.create(username="ann")
    Queue.objects.pause("bulk", by=ann, reason="the disk is full")
    again = Queue.objects.pause("bulk", reason="for another reason")
    kept = Queue.objects.get()
    Queue.objects.resume("bulk")
    after = Queue.objects.get()

    assert (again, kept.paused_by, kept.reason) == (False, ann, "the disk is full")
    assert (after.paused_by, after.reason) == (None, "")


def test_a_resume_says_whether_there_was_anything_to_resume() -> None:
    Queue.objects.pause("bulk")

    assert (Queue.objects.resume("bulk"), Queue.objects.resume("bulk")) == (True, False)


def test_one_queue_is_resumed_without_the_others() -> None:
    for name in ("bulk", "default"):
        Queue.objects.pause(name)

    Queue.objects.resume("bulk")

    assert Queue.objects.paused() == {"default"}


@pytest.mark.django_db(transaction=True)
def test_two_may_pause_it_at_once() -> None:
    outcomes = at_once(lambda: Queue.objects.pause("bulk"), times=4)

    assert (sorted(outcomes), Queue.objects.count()) == ([False, False, False, True], 1)

"""Why a queued run is not running."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from jobs import waiting
from jobs.models import Heartbeat, Queue, Run
from jobs.models.state import State
from jobs.waiting import reasons
from tests.jobs.people import make_private

pytestmark = pytest.mark.django_db
SOON = "It is published to the queue default, and a worker takes it in a moment."


@pytest.fixture(autouse=True)
def _worker(monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.beat("worker", "celery@here")
    monkeypatch.setattr(waiting, "broker_rests", lambda: False)


def queued(**values: Any) -> Run:
    later = timezone.now() + timedelta(seconds=10)
    return Run.objects.create(**{"job": "greet", "publish_after": later, **values})


def running(**values: Any) -> Run:
    return queued(**{"state": State.RUNNING, "attempt": 1, "worker": "celery@here", **values})


def reason(run: Run) -> str:
    return str(reasons(Run.objects.placed().filter(pk=run.pk))[run.pk])


def test_a_run_that_nothing_holds_is_about_to_be_taken() -> None:
    assert reason(queued()) == SOON


def test_only_what_is_queued_has_a_reason() -> None:
    running()

    assert reasons(Run.objects.placed()) == {}


def test_a_delayed_run_says_until_when() -> None:
    due = timezone.now() + timedelta(hours=1)

    assert reason(queued(not_before=due)) == f"It is delayed until {due:%Y-%m-%d %H:%M:%S}."


def test_a_run_that_is_tried_again_says_when_and_after_which_error() -> None:
    due = timezone.now() + timedelta(hours=1)
    run = queued(not_before=due, attempt=2, failures=2, error="disk full\nand more")

    assert reason(run) == (
        f"The next attempt begins {due:%Y-%m-%d %H:%M:%S}. Attempt 2 ended with: disk full"
    )


def test_a_paused_queue_says_since_when_and_how_to_go_on() -> None:
    run = queued(queue="bulk")
    Queue.objects.pause("bulk")

    since = Queue.objects.get().paused_at
    assert f"Its queue, bulk, is paused since {since:%Y-%m-%d %H:%M:%S}. Nothing" in reason(run)
    assert "manage.py queues resume bulk" in reason(run)


def test_a_paused_queue_says_who_paused_it_and_why() -> None:
    run = queued(queue="bulk")
    Queue.objects.pause("bulk", by=User.objects.create_user("ann"), reason="the shop is {closed}")

    assert " by ann: the shop is {closed}. Nothing" in reason(run)


def test_a_job_that_is_no_longer_in_the_catalog_is_named() -> None:
    assert "No worker knows the job gone" in reason(queued(job="gone"))


def test_a_silent_worker_serves_nobody() -> None:
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=5))

    assert "No worker was heard from that serves the queue default" in reason(queued())


def test_a_worker_of_other_queues_is_no_help() -> None:
    Heartbeat.objects.beat("worker", "celery@here", queues=["bulk"], processes=2)

    assert reason(queued(queue="bulk")).startswith("It is published")
    assert "No worker was heard from that serves the queue default" in reason(queued())


def test_a_worker_with_a_process_left_is_not_busy() -> None:
    Heartbeat.objects.beat("worker", "celery@here", queues=["default"], processes=2)
    running()
    assert reason(queued()) == SOON

    running()
    assert "are busy" in reason(queued())


def test_the_run_that_holds_a_job_is_named() -> None:
    holder = running(job="bulk_update_prices", lane="bulk_update_prices")

    said = reason(queued(job="bulk_update_prices", lane="bulk_update_prices"))

    assert f"Only one run of bulk_update_prices may run at a time, and {holder.pk} does" in said


def test_a_run_of_another_lane_holds_nothing() -> None:
    running(job="bulk_update_prices", lane="other", worker="terminal@here")

    run = queued(job="bulk_update_prices", lane="bulk_update_prices")

    assert reason(run) == SOON


def test_workers_that_are_all_busy_say_with_what() -> None:
    first = running(job="checksum_files")
    running(job="greet", worker="terminal@here")

    assert reason(queued()) == (
        f"All workers of the queue default are busy, with checksum_files. The first of what they run is "
        f"{first.pk}."
    )


def test_of_workers_busy_with_private_jobs_nothing_more_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    make_private(monkeypatch, "checksum_files")
    running(job="checksum_files")

    assert (
        reason(queued()) == "All workers of the queue default are busy. It begins once one of them is free."
    )


def test_one_idle_worker_is_enough() -> None:
    running()
    Heartbeat.objects.beat("worker", "celery@there")

    assert reason(queued()) == SOON


def test_a_run_that_is_due_and_sent_nowhere_tells_of_the_broker() -> None:
    assert "The broker does not answer" in reason(queued(publish_after=timezone.now() - timedelta(minutes=1)))


def test_while_all_are_busy_nothing_is_said_of_the_broker() -> None:
    running()

    assert "are busy" in reason(queued(publish_after=timezone.now() - timedelta(minutes=1)))


def test_a_run_behind_others_that_were_just_sent_tells_nothing_of_the_broker() -> None:
    queued()

    assert reason(queued(publish_after=timezone.now() - timedelta(minutes=1))) == SOON


def test_a_broker_that_has_just_failed_here_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "broker_rests", lambda: True)

    assert "The broker does not answer" in reason(queued())


def test_a_run_that_waits_for_others_says_how_many() -> None:
    run = queued(awaits="ends")
    running(parent=run)
    queued(parent=run)
    queued(parent=run, state=State.SUCCEEDED, finished_at=timezone.now())

    assert reason(run).startswith("It goes on once the runs below it have ended (2 to go)")


def test_a_run_whose_runs_have_ended_goes_on() -> None:
    assert reason(queued(awaits="shares")).startswith("The runs below it have ended")


@pytest.mark.parametrize(("awaits", "said"), [("person", "a second person's approval"), ("moon", "moon")])
def test_what_else_is_awaited_is_named(awaits: str, said: str) -> None:
    assert said in reason(queued(awaits=awaits))


def test_any_number_of_runs_takes_the_same_queries(django_assert_num_queries: Any) -> None:
    for name in ("bulk", "default", "other"):
        for _ in range(5):
            queued(queue=name, publish_after=timezone.now() - timedelta(minutes=1))
            queued(queue=name, awaits="ends")

    with django_assert_num_queries(5):
        assert len(reasons(Run.objects.placed())) == 30

"""What is accepted reaches the broker: at the commit, or later."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import LazySettings
from django.db.models.functions import Now
from django.utils import timezone

from jobs.models.run import Run
from jobs.models.state import State
from jobs.catalog import QUEUES
from tasks.dispatch import publish_due
from tasks.greetings import greet
from tests.conftest import use_broker
from tests.nodes.waiting import ended, wait_until
from tests.nodes.worker import WorkerNode

pytestmark = pytest.mark.django_db

AT_MOST = 3.0  # seconds that a caller may be kept waiting by a broker that does not answer


@pytest.fixture
def silent_broker(worker: WorkerNode, settings: LazySettings) -> Iterator[None]:
    """For this process, not for the worker: it takes connections and never says a word."""
    settings.REPUBLISH_AFTER_SECONDS = 1
    right = current_app.conf.broker_url
    with socket.create_server(("127.0.0.1", 0)) as server:
        use_broker(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        yield
        use_broker(right)


@pytest.mark.usefixtures("silent_broker")
def test_a_broker_that_does_not_answer_keeps_a_caller_waiting_shortly_and_once() -> None:
    begun = time.monotonic()
    first = greet.delay("Ada")
    after_first = time.monotonic()
    second = greet.delay("Bob")
    after_second = time.monotonic()

    assert after_first - begun < AT_MOST
    assert after_second - after_first < 0.5
    assert {ended(first.id).state, ended(second.id).state} == {State.SUCCEEDED}


@pytest.mark.usefixtures("worker")
def test_a_broker_that_refuses_connections_is_no_error_of_the_caller(settings: LazySettings) -> None:
    settings.REPUBLISH_AFTER_SECONDS = 1
    right = current_app.conf.broker_url
    use_broker("redis://127.0.0.1:1/0")

    try:
        result = greet.delay("Ada")
    finally:
        use_broker(right)

    assert ended(result.id).state == State.SUCCEEDED


@pytest.mark.usefixtures("worker")
def test_a_run_whose_message_was_lost_is_published_again() -> None:
    run = Run.objects.create(job="greet", parameters={"name": "Ada", "times": 1}, publish_after=Now())

    assert ended(run.pk).result == ["Hello, Ada!"]


@pytest.mark.usefixtures("worker")
def test_what_is_not_due_is_not_published() -> None:
    later = timezone.now() + timedelta(minutes=1)
    Run.objects.create(job="greet", parameters={"name": "Ada"}, publish_after=later)
    Run.objects.create(job="greet", parameters={"name": "Ada"}, not_before=later)
    Run.objects.create(job="greet", state=State.SUCCEEDED, finished_at=Now())

    assert publish_due(QUEUES) == 0


@pytest.mark.usefixtures("worker")
def test_what_was_published_rests_for_a_while() -> None:
    # Of a job that no worker knows, so that it stays queued.
    run = Run.objects.create(job="nobodys", queue="nobodys")
    wait_until(lambda: Run.objects.get(pk=run.pk).publish_after > run.created_at + timedelta(seconds=5))

    assert publish_due(["nobodys"]) == 0

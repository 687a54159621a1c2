"""What is accepted reaches the broker: at the commit, or later."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.conf import LazySettings
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from django.utils import timezone
from pytest_celery import RedisTestBroker

from jobs.catalog import QUEUES
from jobs.models.day_figures import DayFigures
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.state import FINAL, State
from tasks import dispatch
from tasks.dispatch import LOCK, Dispatcher, it_is_our_turn, publish_due, publish_next
from tasks.greetings import greet
from tests.conftest import use_broker
from tests.jobs.claimed import another_session, at_once, expire, fresh, running
from tests.nodes.waiting import ended, wait_until
from tests.nodes.worker import WorkerNode

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
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


@pytest.fixture
def broker(
    transactional_db: None,
    broker_of_the_nodes: None,
    celery_broker: RedisTestBroker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator["Broker"]:
    """One without a worker."""
    monkeypatch.setattr(dispatch, "_rest_until", 0.0)
    celery_broker.container.empty_queues()
    yield Broker()
    celery_broker.container.empty_queues()


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


def test_a_queue_is_filled_up_to_its_height_with_the_oldest(
    broker: "Broker", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "LOW", 2)
    monkeypatch.setattr(dispatch, "HIGH", 5)
    runs = [due(minutes=number) for number in range(1, 10)][::-1]

    first = (publish_due(["default"]), broker.taken())
    second = (publish_due(["default"]), broker.taken())

    assert first == (5, {str(run.pk) for run in runs[:5]})
    assert second == (4, {str(run.pk) for run in runs[5:]})


def test_a_queue_that_is_not_low_is_left_alone(broker: "Broker", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "LOW", 2)
    monkeypatch.setattr(dispatch, "HIGH", 5)
    for _ in range(9):
        due()
    publish_due(["default"])

    assert (publish_due(["default"]), broker.depth()) == (0, 5)


def test_what_could_not_be_published_is_given_back(broker: "Broker", monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [due(minutes=9 - number) for number in range(5)]
    publish = dispatch.publish

    def publish_two(run: Run) -> None:
        if broker.depth() == 2:
            raise ConnectionError("the broker is away (by the test)")
        publish(run)

    monkeypatch.setattr(dispatch, "publish", publish_two)
    with pytest.raises(ConnectionError):
        publish_due(["default"])
    monkeypatch.setattr(dispatch, "publish", publish)

    assert broker.taken() == {str(run.pk) for run in runs[:2]}
    assert (publish_due(["default"]), broker.taken()) == (3, {str(run.pk) for run in runs[2:]})


def test_what_a_dead_dispatcher_has_taken_is_published_after_a_while(
    broker: "Broker", settings: LazySettings
) -> None:
    settings.REPUBLISH_AFTER_SECONDS = 1
    run = due()
    taken = dispatch._taken("default", 10)

    wait_until(lambda: publish_due(["default"]), about="it is published")

    assert (taken, broker.taken()) == ([run], {str(run.pk)})


@pytest.mark.usefixtures("broker")
def test_only_what_is_queued_and_due_is_published() -> None:
    for state in set(State) - {State.QUEUED}:
        over = timezone.now() if state in FINAL else None
        Run.objects.create(job="greet", state=state, finished_at=over, publish_after=LONG_AGO)
    Run.objects.create(job="greet", publish_after=LONG_AGO, not_before=timezone.now() + HOUR)
    Run.objects.create(job="greet", publish_after=timezone.now() + HOUR)

    assert publish_due(["default"]) == 0


def test_a_paused_queue_is_not_published_and_others_are(broker: "Broker") -> None:
    due()
    other = due(queue="bulk")
    Queue.objects.pause("default")

    Dispatcher().work()

    assert (broker.depth(), broker.taken("bulk")) == (0, {str(other.pk)})


def test_a_queue_that_only_a_caller_has_named_is_published_too(broker: "Broker") -> None:
    run = due(queue="callers-own")

    Dispatcher().work()

    assert broker.taken("callers-own") == {str(run.pk)}


@pytest.mark.usefixtures("broker")
def test_a_dispatcher_reaps() -> None:
    run = dead()

    Dispatcher().work()

    assert fresh(run).state == State.QUEUED


@pytest.mark.usefixtures("broker")
def test_a_dispatcher_keeps_the_figures_of_the_day() -> None:
    Dispatcher().work()

    assert DayFigures.objects.of_all_jobs().filter(day=timezone.localdate()).exists()


def test_while_one_dispatcher_is_at_work_no_other_is(broker: "Broker") -> None:
    run, waiting = dead(), due()

    with another_session() as leader:
        leader.execute(LOCK)
        Dispatcher().work()
        meanwhile = (fresh(run).state, broker.depth())
    Dispatcher().work()

    assert meanwhile == (State.RUNNING, 0)
    assert fresh(run).state == State.QUEUED
    assert broker.taken() == {str(run.pk), str(waiting.pk)}


def test_a_dispatcher_whose_connection_is_cut_has_a_successor(broker: "Broker") -> None:
    run, waiting = dead(), due()
    leader = connection.copy()
    leader.set_autocommit(False)
    with leader.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    Dispatcher().work()
    assert broker.depth() == 0

    with connection.cursor() as cursor:
        # The second number: until it has ended, at most so many milliseconds.
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    Dispatcher().work()
    leader.close()
    assert fresh(run).state == State.QUEUED
    assert broker.taken() == {str(run.pk), str(waiting.pk)}


def test_many_dispatchers_publish_each_run_once(broker: "Broker") -> None:
    for _ in range(20):
        due()

    outcomes = at_once(Dispatcher().work, times=4)

    assert set(map(type, outcomes)) == {bool}
    assert broker.depth() == 20


def test_whose_turn_it_is_in_a_lane_is_the_eldest(broker: "Broker") -> None:
    Run.objects.create(job="greet", lane="a", not_before=timezone.now() + HOUR)
    Run.objects.create(job="greet", lane="a", state=State.RUNNING)
    Run.objects.create(job="greet", lane="b")
    first, _ = (Run.objects.create(job="greet", lane="a") for _ in range(2))

    publish_next("a")

    assert broker.taken() == {str(first.pk)}


class Broker:
    """The queues, and nobody who takes from them but the test."""

    def depth(self, queue: str = "default") -> int:
        with current_app.connection_for_write() as broker:
            return int(broker.default_channel.queue_declare(queue).message_count)

    def taken(self, queue: str = "default") -> set[str]:
        """The runs whose messages are there; they are no more."""
        found = []
        with current_app.connection_for_write() as broker:
            while message := broker.default_channel.basic_get(queue, no_ack=True):
                found.append(message.headers["id"])
        assert len(found) == len(set(found))
        return set(found)


def due(minutes: int = 1, **facts: object) -> Run:
    """Since so many minutes."""
    return Run.objects.create(
        **{"job": "greet", "publish_after": timezone.now() - timedelta(minutes=minutes), **facts}
    )


def dead() -> Run:
    run = running()
    expire(run)
    return run


@pytest.mark.django_db(transaction=True)
def test_a_dispatcher_that_goes_silent_with_the_turn_in_its_hand_loses_it() -> None:
    frozen = connections.create_connection("default")
    try:
        with frozen.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(LOCK)

        def is_free() -> bool:
            with transaction.atomic():
                return it_is_our_turn()

        assert not is_free()
        wait_until(is_free, within=10, about="the server ends the silent session")
    finally:
        frozen.close()

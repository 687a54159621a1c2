"""What a worker does besides its tasks, and what it survives."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from jobs.models.heartbeat import Heartbeat
from jobs.models.run import Run
from jobs.models.state import State
from tasks.greetings import greet
from tasks.worker import Rounds, tick
from tests.nodes.jobs import start_a_process_task, wait_for_gate_task
from tests.nodes.waiting import ended, running, wait_until
from tests.nodes.worker import WorkerContainer, WorkerNode, start, start_worker

pytestmark = pytest.mark.django_db


def test_a_worker_says_that_it_lives(worker: WorkerNode) -> None:
    seen = wait_until(lambda: Heartbeat.objects.fresh("worker").first(), about="a heartbeat")

    assert seen.name == worker.hostname()
    assert (seen.queues, seen.processes) == (["bulk", "default"], 2)


def test_a_worker_that_is_asked_to_stop_says_farewell_and_one_that_is_killed_does_not(
    worker: WorkerNode, nodes: Path, environment: dict[str, str]
) -> None:
    names = []
    for signal_name in ("SIGTERM", "SIGKILL"):
        own = start_worker(nodes, environment, "--queues", "bulk-for-one")
        assert own.ready()
        names.append(f"tested@{own.id[:12]}")
        wait_until(lambda: Heartbeat.objects.filter(name=names[-1]).exists(), about="a heartbeat")
        own.kill(signal_name)
        wait_until(lambda: own.status == "exited", about="the worker ends")  # noqa: B023
        own._container.stop()

    stopped, killed = (Heartbeat.objects.get(name=name) for name in names)
    assert (stopped.queues, stopped.ended_at is None, killed.ended_at is None) == (
        ["bulk-for-one"],
        False,
        True,
    )


def test_a_worker_publishes_what_is_due(worker: WorkerNode) -> None:
    run = Run.objects.create(job="greet", parameters={"name": "Ada", "times": 1})

    assert ended(run.pk).worker == worker.hostname()


def test_a_worker_renews_the_leases_of_what_it_executes(
    nodes: Path, environment: dict[str, str], tmp_path: Path, worker: WorkerNode
) -> None:
    own = start_worker(nodes, {**environment, "LEASE_SECONDS": "2"}, "--queues", "bulk-for-one")
    assert own.ready()
    # A job that passes no checkpoint.
    result = start_a_process_task.apply_async((str(tmp_path / "pid"),), queue="bulk-for-one")
    try:
        first = wait_until(lambda: Run.objects.get(pk=result.id).lease_until, about="it is claimed")
        later = first + timedelta(seconds=3)
        wait_until(lambda: Run.objects.get(pk=result.id).lease_until > later, about="the lease is renewed")
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        run = ended(result.id)
    finally:
        own._container.stop()

    assert (run.state, run.attempt, run.crashes) == (State.SUCCEEDED, 1, 0)


def test_a_run_that_a_worker_begins_anew_is_not_taken_back_with_its_dead_process(
    nodes: Path, environment: dict[str, str], tmp_path: Path, worker: WorkerNode
) -> None:
    # Celery gives a dead process up after ten seconds as a rule, when its run is long under way again.
    *command, _ = WorkerContainer.command("--queues", "bulk-for-one")
    own = WorkerContainer(start("worker", nodes, environment, [*command, "worker.lost_wait=4"]))
    assert own.ready()
    result = wait_for_gate_task.apply_async((str(tmp_path / "gate"),), queue="bulk-for-one")
    try:
        os.kill(int(running(result.id).message), signal.SIGKILL)
        wait_until(lambda: Run.objects.get(pk=result.id).attempt == 2, about="it is begun anew")
        wait_until(lambda: "WorkerLostError" in own.logs(), about="the dead process is given up")
        (tmp_path / "gate").touch()
        run = ended(result.id)
    finally:
        own._container.stop()

    assert (run.state, run.attempt, run.crashes) == (State.SUCCEEDED, 2, 1)


def test_a_worker_that_is_asked_to_stop_hands_its_run_to_another(
    worker: WorkerNode, nodes: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    second = start_worker(nodes, environment, "--queues", "bulk-for-one")
    assert second.ready()
    result = wait_for_gate_task.apply_async((str(tmp_path / "gate"),), queue="bulk-for-one")
    try:
        running(result.id)
        second.kill("SIGTERM")
        wait_until(lambda: second.status == "exited", about="the worker ends")
    finally:
        second._container.stop()
    (tmp_path / "gate").touch()
    third = start_worker(nodes, environment, "--queues", "bulk-for-one")
    try:
        run = ended(result.id)
    finally:
        third._container.stop()

    assert (run.state, run.result, run.failures, run.crashes) == (State.SUCCEEDED, "through", 0, 0)
    assert [each.outcome for each in run.attempts.all()] == ["yielded", "succeeded"]
    assert run.worker == f"tested@{third.id[:12]}"


def test_a_worker_outlives_its_broker(worker: WorkerNode, settings: LazySettings, celery_broker) -> None:
    settings.REPUBLISH_AFTER_SECONDS = 1
    celery_broker.kill()
    accepted = greet.delay("Ada")
    assert Run.objects.get(pk=accepted.id).state == State.QUEUED

    celery_broker.restart()

    assert ended(accepted.id, within=30).state == State.SUCCEEDED
    assert ended(greet.delay("Bob").id, within=30).worker == worker.hostname()


def test_a_round_is_often_enough_for_the_lease(settings: LazySettings) -> None:
    seen = []
    for settings.LEASE in (timedelta(seconds=2), timedelta(minutes=1)):
        seen.append(tick())

    assert seen == [0.2, 1.0]


@pytest.mark.parametrize(
    "error", [OperationalError("away"), ConnectionError("away"), BrokerError("away"), KeyError("a bug")]
)
def test_a_round_that_fails_is_not_the_last(error: Exception, settings: LazySettings) -> None:
    settings.LEASE = timedelta(milliseconds=100)
    calls: list[None] = []

    def work() -> None:
        calls.append(None)
        if len(calls) < 3:
            raise error

    with going_round(work):
        wait_until(lambda: len(calls) > 3, about="it goes on")


def test_where_there_is_more_the_next_round_comes_at_once(settings: LazySettings) -> None:
    settings.LEASE = timedelta(seconds=4)  # a round every 0.4 seconds
    times: list[float] = []

    def work() -> bool:
        times.append(time.monotonic())
        return len(times) < 4

    with going_round(work):
        wait_until(lambda: len(times) == 4)

    assert times[3] - times[0] < 0.4


def test_a_round_that_waits_ends_at_once_when_it_is_told_to() -> None:
    with going_round(lambda: None) as rounds:
        begun = time.monotonic()

    assert not rounds.is_alive()
    assert time.monotonic() - begun < 0.9


@contextmanager
def going_round(work: Callable[[], object]) -> Iterator[Rounds]:
    rounds = Rounds("tested", work)
    rounds.start()
    try:
        yield rounds
    finally:
        rounds.end()
        rounds.join()

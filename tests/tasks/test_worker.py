"""What a worker does besides its tasks, and what it survives."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from jobs.models.heartbeat import Heartbeat
from jobs.models.run import Run
from jobs.models.state import State
from tasks.greetings import greet
from tests.nodes.jobs import wait_for_gate_task
from tests.nodes.waiting import ended, running, wait_until
from tests.nodes.worker import WorkerNode, start_worker

pytestmark = pytest.mark.django_db


def test_a_worker_says_that_it_lives(worker: WorkerNode) -> None:
    seen = wait_until(lambda: Heartbeat.objects.fresh("worker").first(), about="a heartbeat")

    assert seen.name == worker.hostname()


def test_a_worker_publishes_what_is_due(worker: WorkerNode) -> None:
    run = Run.objects.create(job="greet", parameters={"name": "Ada", "times": 1})

    assert ended(run.pk).worker == worker.hostname()


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

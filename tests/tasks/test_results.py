"""What Celery's AsyncResult says of a run."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import TaskRevokedError, WorkerLostError
from celery.result import AsyncResult

from jobs.models.run import Run
from jobs.models.state import State
from project.celery import app
from tasks.greetings import greet
from tests.nodes.jobs import (
    fail_task,
    lose_connection_for_long_task,
    overrun_stubbornly_task,
    wait_for_gate_task,
)
from tests.nodes.waiting import ended, running, waiting_for_retry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("unknown", [str(uuid.UUID(int=7)), "no-uuid"])
def test_an_unknown_id_is_pending(unknown: str) -> None:
    result = AsyncResult(unknown, app=app)

    assert (result.state, result.result, result.ready()) == ("PENDING", None, False)


@pytest.mark.usefixtures("worker")
def test_a_queued_run_is_pending() -> None:
    result = greet.apply_async(("Ada",), countdown=3600)

    assert (result.state, result.ready()) == ("PENDING", False)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"state": State.PAUSED, "attempt": 1}, "PENDING"),
        ({"state": State.PAUSED, "attempt": 1, "failures": 1}, "PENDING"),
        # Handed back by a worker that had to stop: nothing went wrong.
        ({"state": State.QUEUED, "attempt": 1}, "PENDING"),
        ({"state": State.QUEUED, "attempt": 1, "crashes": 1}, "PENDING"),
        ({"state": State.QUEUED, "attempt": 1, "failures": 1}, "RETRY"),
    ],
)
def test_what_goes_on_later_is_pending_and_what_failed_a_retry(facts: dict[str, Any], state: str) -> None:
    run = Run.objects.create(job="greet", error="x", **facts)

    result = AsyncResult(str(run.pk), app=app)

    assert (result.state, result.ready()) == (state, False)


@pytest.mark.usefixtures("worker")
def test_a_running_run_tells_its_progress(tmp_path: Path) -> None:
    result = wait_for_gate_task.delay(str(tmp_path / "gate"))
    run = running(result.id)

    assert (result.state, result.ready()) == ("PROGRESS", False)
    assert result.info == {"current": 1, "total": 4, "message": run.message}


@pytest.mark.usefixtures("worker")
def test_one_can_wait_for_a_result() -> None:
    result = greet.delay("Ada", times=2)

    assert result.get(timeout=10) == ["Hello, Ada!", "Hello, Ada!"]
    assert (result.state, result.ready(), result.successful()) == ("SUCCESS", True, True)
    assert result.result == ["Hello, Ada!", "Hello, Ada!"]


@pytest.mark.usefixtures("worker")
def test_a_failed_run_raises_its_own_error() -> None:
    result = fail_task.delay("no such shop")

    with pytest.raises(ValueError, match="no such shop"):
        result.get(timeout=10)

    assert (result.state, result.failed()) == ("FAILURE", True)
    assert "ValueError: no such shop" in result.traceback


@pytest.mark.usefixtures("worker")
def test_a_run_whose_worker_was_ended_says_so() -> None:
    result = overrun_stubbornly_task.delay()

    with pytest.raises(WorkerLostError, match="past its time limit"):
        result.get(timeout=15)

    assert result.state == "FAILURE"


@pytest.mark.usefixtures("worker")
def test_a_run_that_waits_for_its_next_attempt_is_a_retry(tmp_path: Path) -> None:
    result = lose_connection_for_long_task.delay(str(tmp_path / "calls"), 1)
    waiting_for_retry(result.id)

    assert (result.state, result.ready(), result.retries) == ("RETRY", False, 0)
    assert repr(result.info) == repr(ConnectionError("the shop did not answer call 1"))


@pytest.mark.usefixtures("worker")
def test_a_run_that_is_revoked_while_it_waits_never_starts() -> None:
    result = greet.apply_async(("Ada",), countdown=3600)

    result.revoke()

    assert (result.state, result.ready()) == ("REVOKED", True)
    with pytest.raises(TaskRevokedError, match="Cancelled before it began"):
        result.get(timeout=10)


@pytest.mark.usefixtures("worker")
def test_a_run_that_is_revoked_while_it_runs_stops(tmp_path: Path) -> None:
    result = wait_for_gate_task.delay(str(tmp_path / "gate"))
    running(result.id)

    result.revoke()

    ended(result.id)
    assert result.state == "REVOKED"


@pytest.mark.usefixtures("worker")
def test_a_run_that_is_revoked_between_two_attempts_is_revoked(tmp_path: Path) -> None:
    result = lose_connection_for_long_task.delay(str(tmp_path / "calls"), 1)
    waiting_for_retry(result.id)

    result.revoke()

    with pytest.raises(TaskRevokedError, match="Cancelled before it began"):
        result.get(timeout=10)


@pytest.mark.usefixtures("worker")
def test_forgetting_a_result_keeps_the_record() -> None:
    result = greet.delay("Ada")
    run = ended(result.id)

    result.forget()

    assert Run.objects.filter(pk=run.pk).exists()


def test_the_backend_names_no_password() -> None:
    assert app.backend.as_uri() == "postgresql (the table of runs)"

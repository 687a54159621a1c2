"""The end that the worker's parent writes, where its child cannot."""

import os
import signal
from pathlib import Path

import pytest

from jobs.models.state import State
from tasks.greetings import greet
from tests.nodes.jobs import leave_task, overrun_stubbornly_task, wait_for_gate_task
from tests.nodes.waiting import ended, running
from tests.nodes.worker import WorkerNode

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_job_that_ignores_its_time_limit_is_ended(worker: WorkerNode) -> None:
    run = ended(overrun_stubbornly_task.delay().id)

    assert run.state == State.FAILED
    assert run.error == "It went on past its time limit (0:00:02), so its worker process was ended"
    attempt = run.attempts.get()
    assert (attempt.outcome, attempt.error_message) == ("failed", run.error)
    assert run.message.isdigit()


def test_a_run_whose_process_is_killed_fails_with_a_sentence(worker: WorkerNode, tmp_path: Path) -> None:
    result = wait_for_gate_task.delay(str(tmp_path / "gate"))
    child = int(running(result.id).message)

    os.kill(child, signal.SIGKILL)

    run = ended(result.id)
    assert run.state == State.FAILED
    assert run.error.startswith("Its worker process died: killed, or out of memory")
    attempt = run.attempts.get()
    assert (attempt.outcome, attempt.finished_at is not None) == ("failed", True)
    assert "Waiting for" in attempt.log


def test_a_worker_that_lost_a_child_goes_on_with_a_new_one(worker: WorkerNode, tmp_path: Path) -> None:
    result = wait_for_gate_task.delay(str(tmp_path / "gate"))
    os.kill(int(running(result.id).message), signal.SIGKILL)
    ended(result.id)

    after = [ended(greet.delay(name).id) for name in ("Ada", "Bob", "Cai")]

    assert {run.state for run in after} == {State.SUCCEEDED}
    assert {run.worker for run in after} == {worker.hostname()}


def test_a_job_that_ends_its_process_fails_with_a_sentence(worker: WorkerNode) -> None:
    run = ended(leave_task.delay().id)

    assert run.state == State.FAILED
    assert run.error.startswith("Its worker process died")

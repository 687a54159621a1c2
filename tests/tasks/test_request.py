"""The end that the worker's parent writes, where its child cannot."""

import os
import signal
from pathlib import Path

import pytest

from jobs.models.state import State
from tests.nodes.jobs import overrun_stubbornly_task, wait_for_gate_task
from tests.nodes.waiting import ended, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]


def test_a_job_that_ignores_its_time_limit_is_ended() -> None:
    run = ended(overrun_stubbornly_task.delay().id)

    assert run.state == State.FAILED
    assert run.error == "It went on past its time limit (0:00:02), so its worker process was ended"
    attempt = run.attempts.get()
    assert (attempt.outcome, attempt.error_message) == ("failed", run.error)
    assert run.message.isdigit()


def test_a_run_whose_process_is_killed_fails_with_a_sentence(tmp_path: Path) -> None:
    result = wait_for_gate_task.delay(str(tmp_path / "gate"))
    child = int(running(result.id).message)

    os.kill(child, signal.SIGKILL)

    run = ended(result.id)
    assert run.state == State.FAILED
    assert run.error.startswith("Its worker process died: killed, or out of memory")
    attempt = run.attempts.get()
    assert (attempt.outcome, attempt.finished_at is not None) == ("failed", True)
    assert "Waiting for" in attempt.log

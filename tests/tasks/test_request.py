"""The end that the worker's parent writes, where its child cannot."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.db.models.functions import Now

from jobs.models.run import Run
from jobs.models.state import State
from tests.nodes.jobs import die_task, overrun_stubbornly_task, start_a_process_task, wait_for_gate_task
from tests.nodes.waiting import ended, running, wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]


def test_a_job_that_ignores_its_time_limit_is_ended() -> None:
    run = ended(overrun_stubbornly_task.delay().id)

    assert run.state == State.FAILED
    assert run.error == "It went on past its time limit (0:00:02), so it was ended"
    attempt = run.attempts.get()
    assert (attempt.outcome, attempt.error_message) == ("failed", run.error)
    assert run.message.isdigit()


def test_a_run_whose_process_is_killed_is_begun_anew_at_once(tmp_path: Path) -> None:
    result = wait_for_gate_task.delay(str(tmp_path / "gate"))
    child = int(running(result.id).message)

    os.kill(child, signal.SIGKILL)

    wait_until(lambda: result.state == "PROGRESS" and Run.objects.get(pk=result.id).attempt == 2)
    (tmp_path / "gate").touch()
    run = ended(result.id)
    assert (run.state, run.failures, run.crashes) == (State.SUCCEEDED, 0, 1)
    attempt = run.attempts.first()
    assert (attempt.outcome, attempt.finished_at is not None) == ("crashed", True)
    assert "Waiting for" in attempt.log


def test_a_run_that_kills_each_of_its_processes_is_taken_for_poison() -> None:
    run = ended(die_task.delay().id, within=40)

    assert (run.state, run.crashes, run.attempt) == (State.FAILED, 3, 3)
    assert run.error.startswith("Its worker died 3 times with no checkpoint between")


def test_a_run_that_ignores_its_cancel_is_killed_with_what_it_started(tmp_path: Path) -> None:
    result = start_a_process_task.delay(str(tmp_path / "pid"))
    started = int(wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text()))

    result.revoke()
    Run.objects.filter(pk=result.id).update(wished_at=Now() - timedelta(hours=1))

    run = ended(result.id)
    assert (run.state, run.error) == (State.CANCELLED, "Killed: it had not stopped by itself")
    wait_until(lambda: not psutil.pid_exists(started), about="what it started is gone")

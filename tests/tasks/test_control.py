"""Celery's revoke means the run."""

import uuid
from pathlib import Path

import pytest

from jobs.models.run import Run
from jobs.models.state import State
from project.celery import app
from tasks.greetings import greet
from tests.nodes.jobs import wait_for_gate_task
from tests.nodes.waiting import ended, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(db: None) -> list[str]:
    """Runs that nobody takes yet."""
    return [greet.apply_async((name,), countdown=3600).id for name in ("Ada", "Bob")]


def test_a_run_that_waits_is_cancelled(waiting: list[str]) -> None:
    app.control.revoke(waiting[0])

    assert Run.objects.get(pk=waiting[0]).state == State.CANCELLED
    assert Run.objects.get(pk=waiting[1]).state == State.QUEUED


def test_several_runs_are_cancelled_at_once(waiting: list[str]) -> None:
    app.control.revoke(waiting)

    assert set(Run.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_an_unknown_run_is_nothing_to_cancel(waiting: list[str]) -> None:
    app.control.revoke(str(uuid.uuid4()))

    assert set(Run.objects.values_list("state", flat=True)) == {State.QUEUED}


def test_a_run_that_is_paused_is_cancelled(waiting: list[str]) -> None:
    Run.objects.filter(pk=waiting[0]).pause()

    app.control.revoke(waiting[0])

    assert Run.objects.get(pk=waiting[0]).state == State.CANCELLED


def test_what_is_revoked_twice_is_cancelled_once(waiting: list[str]) -> None:
    app.control.revoke(waiting[0])
    first = Run.objects.get(pk=waiting[0]).finished_at

    app.control.revoke(waiting[0])

    assert Run.objects.get(pk=waiting[0]).finished_at == first


@pytest.mark.usefixtures("worker")
def test_a_run_that_runs_is_asked_to_stop(tmp_path: Path) -> None:
    result = wait_for_gate_task.delay(str(tmp_path / "gate"))
    running(result.id)

    app.control.revoke(result.id)

    assert Run.objects.get(pk=result.id).wish == "cancel"
    assert ended(result.id).state == State.CANCELLED

"""A job as a Celery task: what a call writes, and what a worker makes of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import chain, chord, group
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from jobs.catalog import JOBS
from jobs.exceptions import WrongParameters
from jobs.models.run import Run
from jobs.models.state import State
from project.celery import app
from tasks.exceptions import CanvasRefused, OptionRefused
from tasks.greetings import greet
from tests.nodes.jobs import (
    fail_task,
    lose_connection_for_long_task,
    lose_connection_task,
    mark_task,
    overrun_task,
    wait_for_gate_task,
)
from tests.nodes.waiting import ended, running, waiting_for_retry
from tests.nodes.worker import WorkerNode

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("name", JOBS)
def test_every_job_has_a_task_of_its_name(name: str) -> None:
    assert app.tasks[name].job is JOBS[name]


def test_called_from_python_a_task_is_the_plain_function() -> None:
    assert greet("Ada", times=2) == ["Hello, Ada!", "Hello, Ada!"]
    assert not Run.objects.exists()


def test_a_call_that_is_rolled_back_leaves_nothing(worker: WorkerNode) -> None:
    with transaction.atomic():
        result = greet.delay("Ada")
        transaction.set_rollback(True)

    ended(greet.delay("Bob").id)
    assert not Run.objects.filter(pk=result.id).exists()
    assert result.id not in worker.logs()


@pytest.mark.usefixtures("worker")
def test_a_call_that_is_committed_runs() -> None:
    with transaction.atomic():
        result = greet.delay("Ada")

    assert ended(result.id).result == ["Hello, Ada!"]


@pytest.mark.parametrize(
    ("kwargs", "sentence"),
    [
        ({"name": "Ada", "tims": 2}, "did you mean 'times'"),
        ({"name": "Ada", "times": 0}, "times"),
        ({}, "name"),
    ],
)
def test_wrong_parameters_raise_at_the_call(kwargs: dict[str, Any], sentence: str) -> None:
    with pytest.raises(WrongParameters, match=sentence):
        greet.delay(**kwargs)

    assert not Run.objects.exists()


@pytest.mark.parametrize("option", ["link", "link_error"])
def test_what_follows_a_task_is_refused(option: str) -> None:
    with pytest.raises(CanvasRefused, match=f"greet takes no '{option}'"):
        greet.apply_async(("Ada",), **{option: greet.s("Bob")})

    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "canvas",
    [
        lambda: chain(greet.s("Ada"), greet.s("Bob")),
        lambda: chord([greet.s("Ada"), greet.s("Bob")], greet.s("Cai")),
        lambda: group(greet.s("Ada"), greet.s("Bob")),
    ],
    ids=["chain", "chord", "group"],
)
def test_a_canvas_is_refused_and_leaves_nothing(canvas: Any, worker: WorkerNode) -> None:
    with pytest.raises(CanvasRefused, match="Use a parent run"):
        canvas().delay()

    # The stock backend would send the task that waits for the chord first.
    assert "chord_unlock" not in worker.logs()
    assert not Run.objects.exists()


@pytest.mark.parametrize("option", [{"expires": 3}, {"time_limit": 3}, {"serializer": "pickle"}])
def test_what_the_declaration_decides_is_refused_at_the_call(option: dict[str, Any]) -> None:
    with pytest.raises(OptionRefused, match=r"its Job in jobs/catalog\.py decides that"):
        greet.apply_async(("Ada",), **option)

    assert not Run.objects.exists()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("late", [{"countdown": 3600}, {"eta": "in an hour"}], ids=["countdown", "eta"])
def test_a_call_for_later_waits_until_it_is_due(late: dict[str, Any]) -> None:
    moment = timezone.now() + HOUR
    late = {"eta": moment} if "eta" in late else late

    run = Run.objects.get(pk=greet.apply_async(("Ada",), **late).id)

    assert run.state == State.QUEUED
    assert abs(run.not_before - moment) < timedelta(minutes=1)
    assert run.publish_after == run.not_before


@pytest.mark.usefixtures("worker")
def test_a_call_with_a_countdown_runs_when_it_is_due() -> None:
    result = greet.apply_async(("Ada",), countdown=1)

    run = ended(result.id)

    assert run.state == State.SUCCEEDED
    assert run.started_at >= run.not_before


@pytest.mark.usefixtures("worker")
def test_a_call_may_name_queue_and_priority() -> None:
    result = greet.apply_async(("Ada",), queue="bulk", priority=0)

    run = ended(result.id)

    assert (run.queue, run.priority, run.state) == ("bulk", 0, State.SUCCEEDED)


@pytest.mark.usefixtures("worker")
def test_an_undeclared_error_fails_at_once() -> None:
    run = ended(fail_task.delay("no such shop").id)

    assert (run.state, run.error, run.attempt) == (State.FAILED, "no such shop", 1)
    attempt = run.attempts.get()
    assert (attempt.outcome, attempt.error_type) == ("failed", "builtins.ValueError")
    assert "raise ValueError(sentence)\nValueError: no such shop" in attempt.traceback


@pytest.mark.usefixtures("worker")
def test_a_declared_error_is_tried_again_after_its_wait(tmp_path: Path) -> None:
    result = lose_connection_for_long_task.delay(str(tmp_path / "calls"), 1)

    run = waiting_for_retry(result.id)

    assert (run.attempt, run.error) == (1, "the shop did not answer call 1")
    assert timedelta(minutes=59) < run.not_before - timezone.now() <= HOUR
    assert run.publish_after >= run.not_before
    assert run.attempts.get().outcome == "retried"


@pytest.mark.usefixtures("worker")
def test_a_run_that_waits_for_its_next_attempt_goes_on_when_it_is_due(tmp_path: Path) -> None:
    result = lose_connection_for_long_task.delay(str(tmp_path / "calls"), 1)
    waiting_for_retry(result.id)

    Run.objects.filter(pk=result.id).update(not_before=Now(), publish_after=Now())

    run = ended(result.id)
    assert (run.state, run.result, run.attempt, run.error) == (State.SUCCEEDED, 2, 2, "")
    assert [each.outcome for each in run.attempts.all()] == ["retried", "succeeded"]


@pytest.mark.usefixtures("worker")
def test_the_last_attempt_fails_for_good(tmp_path: Path) -> None:
    run = ended(lose_connection_task.delay(str(tmp_path / "calls"), 99).id)

    assert (run.state, run.error, run.attempt) == (State.FAILED, "the shop did not answer call 3", 3)
    assert [each.outcome for each in run.attempts.all()] == ["retried", "retried", "failed"]


@pytest.mark.usefixtures("worker")
def test_a_wait_doubles_from_attempt_to_attempt(tmp_path: Path) -> None:
    run = ended(lose_connection_task.delay(str(tmp_path / "calls"), 99).id)

    first, second, third = run.attempts.all()
    assert second.started_at - first.finished_at >= timedelta(milliseconds=200)
    assert third.started_at - second.finished_at >= timedelta(milliseconds=400)


@pytest.mark.usefixtures("worker")
def test_a_job_that_sees_its_time_limit_fails_with_a_sentence() -> None:
    run = ended(overrun_task.delay().id)

    assert run.state == State.FAILED
    assert run.error.startswith("The time limit of the job is over; give it a longer time_limit")
    assert run.attempts.get().error_type == "billiard.exceptions.SoftTimeLimitExceeded"


@pytest.mark.usefixtures("worker")
def test_a_cancelled_run_stops_at_its_next_checkpoint(tmp_path: Path) -> None:
    result = wait_for_gate_task.delay(str(tmp_path / "gate"))
    running(result.id)

    Run.objects.filter(pk=result.id).cancel()

    run = ended(result.id)
    assert (run.state, run.error) == (State.CANCELLED, "Cancelled: it stopped at a checkpoint")
    assert run.attempts.get().outcome == "cancelled"
    assert (run.done, run.total) == (1, 4)


@pytest.mark.usefixtures("worker")
def test_a_message_that_comes_twice_runs_once(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    result = mark_task.delay(str(calls))
    ended(result.id)

    again = [app.send_task("mark", task_id=result.id, queue="default") for _ in range(3)]
    last = mark_task.delay(str(tmp_path / "last"))

    ended(last.id)
    assert {each.id for each in again} == {result.id}
    assert calls.read_text() == "called\n"
    assert Run.objects.get(pk=result.id).attempts.count() == 1

"""One attempt, from its parameters to its ending."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from jobs.exceptions import LeaseLost, StopReason, StopRequested
from jobs.execution import Execution
from jobs.job import Job, Retry
from jobs.models import Run
from jobs.models.state import State
from jobs.progress import Progress

pytestmark = pytest.mark.django_db
RETRY = Retry(on=(OSError,), attempts=2, delay=timedelta(minutes=5), jitter=0)


def misbehave(how: str, progress: Progress) -> dict[str, int]:
    """Do as one is told."""
    logging.getLogger("jobs.tests").info("asked to %s", how)
    progress.update(3, total=7, message="working")
    errors: dict[str, BaseException] = {
        "fail": ValueError("the file is gone"),
        "retry": OSError("the disk is full"),
        "exit": SystemExit(3),
        "interrupt": KeyboardInterrupt(),
        "cancel": StopRequested(StopReason.CANCELLED),
    }
    if how in errors:
        raise errors[how]
    return {"zebra": 1, "apple": 2}


def performed(how: str, **options: Any) -> Run:
    job = Job(function=misbehave, retry=RETRY)
    run = claimed(job, how)
    Execution(job, run, **options).perform()
    return run


def claimed(job: Job, how: str) -> Run:
    pk = Run.objects.create(job=job.name, parameters={"how": how}).pk
    run = Run.objects.claim(pk, worker="tests", jobs=[job.name])
    assert run is not None
    return run


def test_a_result_is_kept_in_its_order_with_progress_and_log() -> None:
    run = performed("work")

    attempt = run.attempts.get()
    assert (run.state, list(run.result.items())) == (State.SUCCEEDED, [("zebra", 1), ("apple", 2)])
    assert (run.done, run.total, run.message) == (3, 7, "working")
    assert (attempt.outcome, "asked to work" in attempt.log) == ("succeeded", True)


def test_an_undeclared_error_fails_the_run_with_its_sentence_and_traceback() -> None:
    run = performed("fail")

    attempt = run.attempts.get()
    assert (run.state, run.error, attempt.error_type) == ("failed", "the file is gone", "builtins.ValueError")
    assert "in misbehave" in attempt.traceback


def test_a_declared_error_is_tried_again_later() -> None:
    run = performed("retry")

    wait = run.not_before - run.attempts.get().finished_at
    assert (run.state, run.attempts.get().outcome, run.waits_for_retry) == ("queued", "retried", True)
    assert timedelta(minutes=4) < wait < timedelta(minutes=6)


def test_the_last_attempt_fails() -> None:
    run = performed("retry")
    Run.objects.filter(pk=run.pk).update(not_before=run.created_at)
    again = Run.objects.claim(run.pk, worker="tests", jobs=["misbehave"])
    assert again is not None

    Execution(Job(function=misbehave, retry=RETRY), again).perform()

    assert (again.state, again.attempt, again.error) == ("failed", 2, "the disk is full")


def test_in_the_foreground_nothing_is_tried_again() -> None:
    assert performed("retry", retries=False).state == State.FAILED


def test_a_job_that_exits_has_failed() -> None:
    assert performed("exit").state == State.FAILED


@pytest.mark.parametrize("how", ["interrupt", "cancel"])
def test_a_job_that_is_stopped_is_cancelled(how: str) -> None:
    assert performed(how).state == State.CANCELLED


def test_a_better_sentence_for_an_error_wins() -> None:
    assert performed("fail", explain=lambda error: "look in the cellar").error == "look in the cellar"


def test_an_attempt_that_is_over_writes_nothing() -> None:
    job = Job(function=misbehave)
    run = claimed(job, "work")
    Run.objects.filter(pk=run.pk).update(attempt=2)

    with pytest.raises(LeaseLost):
        Execution(job, run).perform()

    assert Run.objects.get(pk=run.pk).state == State.RUNNING


def test_what_the_database_cannot_hold_is_written_out() -> None:
    def name_a_file(progress: Progress) -> None:
        """Fail on a file whose name is not UTF-8."""
        progress.update(1, message="a\x00b")
        raise ValueError("caf\udce9.csv")

    run = claimed(Job(function=name_a_file), "")
    Run.objects.filter(pk=run.pk).update(parameters={})
    run.parameters = {}

    Execution(Job(function=name_a_file), run).perform()

    assert (run.state, run.error, run.message) == ("failed", "caf\\udce9.csv", "a\\x00b")


def test_a_run_that_was_asked_to_stop_is_not_tried_again() -> None:
    job = Job(function=misbehave, retry=RETRY)
    run = claimed(job, "retry")
    Run.objects.filter(pk=run.pk).cancel()

    Execution(job, run).perform()

    assert (run.state, run.attempts.get().outcome, run.finished_at is None) == (
        "cancelled",
        "cancelled",
        False,
    )

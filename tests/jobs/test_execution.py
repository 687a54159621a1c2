"""One attempt, from its parameters to its ending."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from jobs import execution
from jobs.exceptions import FailedWithResult, LeaseLost, StopReason, StopRequested
from jobs.execution import Execution
from jobs.job import Job, Retry
from jobs.models import Run
from jobs.models.ending import Ending
from jobs.models.run_queryset import POISON
from jobs.models.state import State
from jobs.models.temp_file import TempFile
from jobs.progress import Progress
from tests.jobs.claimed import at_once, fresh

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
        "find": FailedWithResult("1 of 2 is missing", {"found": 1}),
        "interrupt": KeyboardInterrupt(),
        "cancel": StopRequested(StopReason.CANCELLED),
        "pause": StopRequested(StopReason.PAUSED),
        "ctrl-c": StopRequested(StopReason.INTERRUPTED),
        "yield": StopRequested(StopReason.YIELDED),
    }
    if how in errors:
        raise errors[how]
    return {"zebra": 1, "apple": 2}


def lose_the_database(batch: int = 0, *, progress: Progress) -> str:
    """Be cut off from the database in that batch, by its administrator; once."""
    for number, items in enumerate(progress.batches(range(6), 2)):
        have_effects(items)
        if number == batch and progress.run.attempt == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        progress.counts()["items"] += len(items)
    return f"{progress.counts()['items']} items"


def have_effects(items: Sequence[int]) -> None:
    TempFile.objects.bulk_create([TempFile(name=f"item {item}") for item in items])


WISHES = {"pause": "pause", "cancel": "cancel"}


def performed(how: str, *, attended: bool = False, wish: str = "", **options: Any) -> Run:
    job = Job(function=misbehave, retry=RETRY)
    run = claimed(job, how, attended=attended)
    Run.objects.filter(pk=run.pk).update(wish=wish)
    Execution(job, run, **options).perform()
    return run


def claimed(job: Job, how: str = "", *, attended: bool = False, **facts: Any) -> Run:
    pk = Run.objects.create(job=job.name, **{"parameters": {"how": how} if how else {}, **facts}).pk
    run = Run.objects.claim(pk, worker="tests", jobs=[job.name], attended=attended)
    assert run is not None
    return run


def test_a_failure_may_keep_what_was_found() -> None:
    run = performed("find")

    assert (fresh(run).state, fresh(run).error) == (State.FAILED, "1 of 2 is missing")
    assert fresh(run).result == {"found": 1}


def test_a_result_is_kept_in_its_order_with_progress_and_log() -> None:
    run = performed("work")

    attempt = run.attempts.get()
    assert (run.state, list(run.result.items())) == (State.SUCCEEDED, [("zebra", 1), ("apple", 2)])
    assert (run.done, run.total, run.message) == (3, 7, "working")
    assert (attempt.outcome, "asked to work" in attempt.log) == ("succeeded", True)


def divide_by_nothing() -> dict[str, Any]:
    """Find no average."""
    return {"average": float("nan"), "highest": [float("inf")], "count": 0}


def test_a_number_that_json_has_not_does_not_undo_the_work() -> None:
    job = Job(function=divide_by_nothing)
    run = claimed(job)

    Execution(job, run).perform()

    run.refresh_from_db()
    assert (run.state, run.result) == ("succeeded", {"average": None, "highest": [None], "count": 0})


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


def test_an_error_counts_as_a_failure_and_not_as_a_crash() -> None:
    run = performed("retry")

    assert (run.failures, run.crashes) == (1, 0)


def test_attempts_that_were_handed_back_are_no_failures() -> None:
    run = claimed(Job(function=misbehave, retry=RETRY), "retry", attempt=7)

    Execution(Job(function=misbehave, retry=RETRY), run).perform()

    assert (run.state, run.attempt, run.failures) == ("queued", 8, 1)


def test_what_a_person_runs_is_not_tried_again() -> None:
    run = performed("retry", attended=True)

    assert (run.state, run.failures) == (State.FAILED, 1)


def test_a_job_that_exits_has_failed() -> None:
    assert performed("exit").state == State.FAILED


@pytest.mark.parametrize(
    ("how", "state", "error"),
    [
        ("cancel", State.CANCELLED, "Cancelled: it stopped at a checkpoint"),
        ("pause", State.PAUSED, "Paused: it stopped at a checkpoint"),
        ("ctrl-c", State.PAUSED, "Interrupted: it stopped at a checkpoint"),
        ("interrupt", State.PAUSED, "Interrupted at once, between two checkpoints"),
        ("yield", State.QUEUED, "Handed back: its worker was told to stop"),
    ],
)
def test_a_job_that_is_stopped_says_by_what(how: str, state: State, error: str) -> None:
    run = performed(how, wish=WISHES.get(how, ""))

    assert (run.state, run.error, run.failures, run.crashes) == (state, error, 0, 0)
    assert (run.finished_at is not None) is (state == State.CANCELLED)
    assert run.attempts.get().outcome == ("yielded" if how == "yield" else state)


def test_a_run_that_is_handed_back_is_due_at_once() -> None:
    run = performed("yield")

    assert Run.objects.claim(run.pk, worker="another", jobs=[run.job]) is not None


def test_children_that_were_made_after_the_cancel_are_cancelled_too() -> None:
    job = Job(function=misbehave)
    run = claimed(job, "cancel")
    child = Run.objects.create(job="greet", parent=run)

    Execution(job, run).perform()

    assert fresh(child).state == State.CANCELLED


@pytest.mark.parametrize("how", ["pause", "fail"])
def test_other_ends_leave_the_children_alone(how: str) -> None:
    job = Job(function=misbehave)
    run = claimed(job, how)
    child = Run.objects.create(job="greet", parent=run)

    Execution(job, run).perform()

    assert fresh(child).state == State.QUEUED


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("batch", [0, 1, 2])
def test_a_job_whose_database_goes_away_is_handed_back_and_goes_on(batch: int) -> None:
    job = Job(function=lose_the_database)
    run = claimed(job, parameters={"batch": batch})

    Execution(job, run).perform()

    crashed = fresh(run)
    assert (crashed.state, crashed.failures, crashed.crashes) == ("queued", 0, 1)
    assert (crashed.done, crashed.attempts.get().outcome) == (2 * batch, "crashed")
    again = Run.objects.claim(run.pk, worker="another", jobs=[job.name])
    assert again is not None
    Execution(job, again).perform()
    assert (fresh(run).state, fresh(run).result, fresh(run).done) == ("succeeded", "6 items", 6)
    assert TempFile.objects.count() == 6


@pytest.mark.parametrize(
    ("cause", "failures", "crashes"),
    [
        (psycopg.errors.CrashShutdown("the server said so"), 0, 1),
        (psycopg.OperationalError("consuming input failed: the server closed the connection"), 0, 1),
        (psycopg.errors.QueryCanceled("it took too long"), 1, 0),
        (psycopg.InterfaceError("the cursor is closed"), 1, 0),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_it_is_no_failure_where_the_server_goes(cause: psycopg.Error, failures: int, crashes: int) -> None:
    """Django may have another connection by then, which says nothing of the one that was lost."""

    def meet_an_error() -> None:
        with connection.wrap_database_errors:
            raise cause

    run = claimed(Job(function=meet_an_error))

    Execution(Job(function=meet_an_error), run).perform()

    assert (fresh(run).failures, fresh(run).crashes) == (failures, crashes)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_loses_its_database_for_the_third_time_is_poison() -> None:
    job = Job(function=lose_the_database)
    run = claimed(job, crashes=2)

    Execution(job, run).perform()

    assert (fresh(run).state, fresh(run).error, fresh(run).crashes) == ("failed", POISON, 3)


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_that_loses_its_database_for_the_third_time_is_cancelled() -> None:
    def hear_of_nothing(progress: Progress) -> None:
        """Be cancelled and cut off with no checkpoint between."""
        at_once(Run.objects.filter(pk=progress.key).cancel, times=1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    run = claimed(Job(function=hear_of_nothing), crashes=2)

    Execution(Job(function=hear_of_nothing), run).perform()

    # As the reaper would end it.
    assert fresh(run).state == State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_persons_run_that_loses_its_database_waits_for_the_person() -> None:
    job = Job(function=lose_the_database)
    run = claimed(job, attended=True)

    Execution(job, run).perform()

    assert (fresh(run).state, fresh(run).crashes, fresh(run).failures) == ("paused", 1, 0)


@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_database_that_is_still_there_is_the_jobs_own() -> None:
    def wait_too_long() -> None:
        """Run into a limit of time."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 10; SELECT pg_sleep(10)")

    run = claimed(Job(function=wait_too_long))
    try:
        Execution(Job(function=wait_too_long), run).perform()
    finally:
        connection.close()

    assert (fresh(run).state, fresh(run).failures, fresh(run).crashes) == ("failed", 1, 0)


@pytest.mark.django_db(transaction=True)
def test_the_end_is_written_when_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[None] = []

    def leave_without_a_database() -> str:
        """Return while nobody can connect."""
        connect = connection.get_new_connection

        def refuse(parameters: Any) -> Any:
            if len(refused) == 3:
                return connect(parameters)
            refused.append(None)
            raise OperationalError("connection refused (by the test)")

        monkeypatch.setattr(connection, "get_new_connection", refuse)
        connection.close()
        return "done"

    monkeypatch.setattr(execution, "AGAIN_EVERY", 0.01)
    run = claimed(Job(function=leave_without_a_database))

    Execution(Job(function=leave_without_a_database), run).perform()

    assert (fresh(run).state, fresh(run).result, len(refused)) == ("succeeded", "done", 3)


@pytest.mark.django_db(transaction=True)
def test_an_end_whose_answer_was_lost_is_not_written_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    finish = Run.finish
    calls: list[None] = []

    def finish_and_lose_the_answer(run: Run, ending: Ending) -> None:
        calls.append(None)
        finish(run, ending)
        raise OperationalError("the connection was cut (by the test)")

    monkeypatch.setattr(execution, "AGAIN_EVERY", 0.01)
    monkeypatch.setattr(Run, "finish", finish_and_lose_the_answer)
    run = claimed(Job(function=misbehave), "work")

    Execution(Job(function=misbehave), run).perform()

    assert (fresh(run).state, run.state, len(calls)) == ("succeeded", "succeeded", 2)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_away_is_not_waited_for_beyond_the_lease(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def finish(run: Run, ending: Ending) -> None:
        raise OperationalError("connection refused (by the test)")

    settings.LEASE = timedelta(milliseconds=100)
    monkeypatch.setattr(execution, "AGAIN_EVERY", 0.01)
    monkeypatch.setattr(Run, "finish", finish)

    with pytest.raises(OperationalError):
        Execution(Job(function=misbehave), claimed(Job(function=misbehave), "work")).perform()

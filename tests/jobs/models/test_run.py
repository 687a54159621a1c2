"""The verbs of a run: each one guarded statement."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from jobs.exceptions import LeaseLost
from jobs.models import Run
from jobs.models.ending import Ending
from jobs.models.state import State

JOBS = ["greet"]


def queued(**facts: Any) -> Run:
    return Run.objects.create(job="greet", **facts)


def claim(run: Run, **options: Any) -> Run | None:
    return Run.objects.claim(run.pk, worker="w", jobs=JOBS, **options)


def running() -> Run:
    run = claim(queued())
    assert run is not None
    return run


@pytest.mark.django_db
def test_a_claim_begins_an_attempt() -> None:
    run = running()

    attempt = run.attempts.get()
    assert (run.state, run.attempt, attempt.number, attempt.worker) == (State.RUNNING, 1, 1, "w")


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.CANCELLED, State.SUCCEEDED, State.FAILED, State.RUNNING])
def test_only_a_queued_run_can_start(state: State) -> None:
    assert claim(queued(state=state)) is None


@pytest.mark.django_db
def test_a_run_that_is_not_due_cannot_start() -> None:
    assert claim(queued(not_before=timezone.now() + timedelta(minutes=1))) is None


@pytest.mark.django_db
def test_a_job_that_the_worker_does_not_know_cannot_start() -> None:
    assert Run.objects.claim(queued().pk, worker="w", jobs=["import_products"]) is None


@pytest.mark.django_db(transaction=True)
def test_of_many_who_claim_a_run_one_gets_it() -> None:
    run = queued()

    claims = at_once(lambda: claim(run), times=6)

    assert sum(each is not None for each in claims) == 1
    assert Run.objects.get(pk=run.pk).attempt == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_of_a_job_that_runs_alone_one_waits() -> None:
    runs = [queued(), queued()]
    waiting = iter(runs)

    claims = at_once(lambda: claim(next(waiting), alone=True), times=2)

    assert sum(each is not None for each in claims) == 1


@pytest.mark.django_db
def test_an_attempt_that_is_over_can_write_nothing() -> None:
    stale = running()
    Run.objects.filter(pk=stale.pk).update(attempt=2)

    for write in (
        lambda: stale.report(done=5, total=9, message="x", log="x"),
        lambda: stale.finish(Ending(state=State.SUCCEEDED)),
    ):
        with pytest.raises(LeaseLost):
            write()

    now = Run.objects.get(pk=stale.pk)
    assert (now.state, now.done, now.attempts.get().log) == (State.RUNNING, 0, "")


@pytest.mark.django_db
def test_the_end_of_an_attempt_is_kept_with_it() -> None:
    run = running()

    run.finish(Ending(state=State.FAILED, error="gone", error_type="OSError", traceback="…", log="line\n"))

    attempt = run.attempts.get()
    assert (run.state, run.error, attempt.outcome, attempt.error_type) == (
        "failed",
        "gone",
        "failed",
        "OSError",
    )
    assert (attempt.log, attempt.traceback, run.finished_at is not None) == ("line\n", "…", True)


@pytest.mark.django_db
def test_a_finished_run_cannot_finish_again() -> None:
    run = running()
    run.finish(Ending(state=State.SUCCEEDED))

    with pytest.raises(LeaseLost):
        run.finish(Ending(state=State.FAILED))


@pytest.mark.django_db
def test_a_waiting_run_is_cancelled_at_once_and_a_running_one_is_asked() -> None:
    waiting, busy = queued(), running()

    asked = Run.objects.filter(pk__in=[waiting.pk, busy.pk]).cancel()

    waiting.refresh_from_db()
    assert (asked, waiting.state) == (2, State.CANCELLED)
    assert busy.report(done=1, total=None, message="", log=None) is True


@pytest.mark.django_db
def test_a_worker_gives_up_its_own_run_only() -> None:
    run = running()

    Run.objects.give_up(run.pk, worker="another", error="died")
    Run.objects.give_up(run.pk, worker="w", error="its process died")

    run.refresh_from_db()
    assert (run.state, run.error) == (State.FAILED, "its process died")


@pytest.mark.django_db
def test_the_latest_run_comes_first() -> None:
    first, second = queued(), queued()

    assert list(Run.objects.latest_first()) == [second, first]


def at_once(call: Any, *, times: int) -> list[Any]:
    results: list[Any] = []
    together = threading.Barrier(times)

    def work() -> None:
        together.wait()
        try:
            results.append(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results

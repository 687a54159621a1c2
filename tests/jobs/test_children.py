"""Runs below a run: made once, waited for without a worker, stopped and paused with it."""

from collections.abc import Sequence
from typing import Any

import pytest

from jobs import catalog, foreground
from jobs.calls import Call
from jobs.children import await_children
from jobs.execution import Execution
from jobs.foreground import run_here
from jobs.job import Job
from jobs.models import Run
from jobs.models.state import Awaits, State
from jobs.progress import Progress, silent
from tests.jobs.claimed import claim, fresh, queued, these

pytestmark = pytest.mark.django_db
TWO = [Call("greet", {"name": "Ada"}), Call("greet", {"name": "Bob"})]


def greet_two(progress: Progress = silent) -> list[Any]:
    """Greet two people, side by side, and a third then."""
    first = progress.run_jobs(TWO, is_shared=True)
    then = progress.run_jobs([Call("greet", {"name": first[0].result[0]})])
    return [each.result for each in first + then]


def call_wrongly(progress: Progress = silent) -> list[str]:
    """Call a job that there is not, and one with a wrong parameter."""
    outcomes = progress.run_jobs([Call("gret"), Call("greet", {"nam": "Ada"})])
    return [each.error for each in outcomes if not each.succeeded]


JOB = Job(function=greet_two)


def attempt(run: Run, job: Job = JOB) -> Run:
    claimed = claim(run, jobs=[run.job])
    assert claimed is not None
    Execution(job, claimed, run_jobs=await_children).perform()
    return fresh(run)


def children(run: Run) -> list[Run]:
    return list(Run.objects.filter(parent=run).order_by("pk"))


def finish(*runs: Run) -> None:
    for each in runs:
        claimed = claim(each)
        assert claimed is not None
        Execution(catalog.GREET, claimed).perform()


@pytest.fixture
def waiting() -> Run:
    """A run that waits for two below it."""
    return attempt(queued(job="greet_two"))


def test_a_run_leaves_its_worker_while_it_waits_for_those_below_it(waiting: Run) -> None:
    assert (waiting.state, waiting.awaits, waiting.worker != "") == (State.QUEUED, Awaits.SHARES, True)
    assert [(each.job, each.parameters["name"], each.state) for each in children(waiting)] == [
        ("greet", "Ada", "queued"),
        ("greet", "Bob", "queued"),
    ]
    assert waiting.attempts.get().outcome == "waiting"


def test_nobody_takes_it_before_they_have_ended(waiting: Run) -> None:
    finish(children(waiting)[0])
    Run.objects.wake()

    assert claim(waiting, jobs=["greet_two"]) is None
    assert fresh(waiting).awaits == Awaits.SHARES


def test_it_goes_on_with_what_they_have_done_and_makes_none_twice(waiting: Run) -> None:
    finish(*children(waiting))
    Run.objects.wake()
    again = attempt(waiting)
    assert (again.awaits, len(children(waiting))) == (Awaits.ENDS, 3)
    finish(children(waiting)[2])
    Run.objects.wake()

    done = attempt(waiting)

    assert (done.state, len(children(waiting))) == (State.SUCCEEDED, 3)
    assert done.result == [["Hello, Ada!"], ["Hello, Bob!"], ["Hello, Hello, Ada!!"]]


def test_waiting_uses_up_no_attempt_of_its_retry(waiting: Run) -> None:
    finish(*children(waiting))
    Run.objects.wake()

    assert (waiting.failures, waiting.crashes, fresh(waiting).waits_for_retry) == (0, 0, False)


def test_its_progress_is_the_sum_of_theirs(waiting: Run) -> None:
    for done, child in enumerate(children(waiting), start=3):
        these(child).update(done=done)

    Run.objects.wake()

    assert (fresh(waiting).done, fresh(waiting).awaits) == (7, Awaits.SHARES)


def test_what_is_asked_of_it_is_asked_of_them(waiting: Run) -> None:
    these(waiting).pause()
    assert [each.state for each in [fresh(waiting), *children(waiting)]] == ["paused"] * 3

    these(waiting).resume()
    assert [each.state for each in [fresh(waiting), *children(waiting)]] == ["queued"] * 3
    assert fresh(waiting).awaits == Awaits.SHARES

    these(waiting).cancel()
    assert [each.state for each in [fresh(waiting), *children(waiting)]] == ["cancelled"] * 3


def test_a_paused_run_is_not_woken(waiting: Run) -> None:
    finish(*children(waiting))
    these(waiting).pause()

    Run.objects.wake()

    assert (fresh(waiting).state, fresh(waiting).awaits) == (State.PAUSED, Awaits.SHARES)


def test_a_call_that_cannot_be_made_is_an_outcome() -> None:
    run = attempt(queued(job="call_wrongly"), Job(function=call_wrongly))

    assert run.state == State.SUCCEEDED
    assert [error[:29] for error in run.result] == [
        "There is no job named 'gret';",
        "greet needs 'name' (who is gr",
    ]


@pytest.mark.django_db(transaction=True)
def test_at_a_terminal_they_run_there_too() -> None:
    run = run_here(JOB, {})

    assert (run.state, [each.state for each in children(run)]) == ("succeeded", ["succeeded"] * 3)
    assert run.result == [["Hello, Ada!"], ["Hello, Bob!"], ["Hello, Hello, Ada!!"]]
    assert {each.attended for each in children(run)} == {True}


def test_from_plain_python_they_are_functions() -> None:
    assert greet_two() == [["Hello, Ada!"], ["Hello, Bob!"], ["Hello, Hello, Ada!!"]]
    assert not Run.objects.exists()


def test_a_plain_call_that_raises_is_an_outcome() -> None:
    sentences: Sequence[str] = call_wrongly()

    assert len(sentences) == 2


@pytest.mark.django_db(transaction=True)
def test_one_that_waits_can_be_gone_on_with_at_a_terminal(waiting: Run) -> None:
    these(waiting).pause()

    run = run_here(JOB, {}, resume=fresh(waiting))

    assert (run.state, [each.state for each in children(run)]) == ("succeeded", ["succeeded"] * 3)
    assert fresh(run).awaits == Awaits.NOTHING


@pytest.mark.django_db(transaction=True)
def test_at_a_terminal_one_that_has_to_wait_its_turn_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, refusals = foreground._claim, [None, None]

    def claim_late(job: Job, run: Run) -> Run | None:
        return refusals.pop() if run.job == "greet" and refusals else plain(job, run)

    monkeypatch.setattr(foreground, "_claim", claim_late)

    run = run_here(JOB, {})

    assert (run.state, refusals) == ("succeeded", [])

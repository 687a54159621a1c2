"""The ends that the processes of a pool hand over: written by their parent, together, and once."""

import logging
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection

from jobs.models.ending import Ending
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.state import State
from tasks import ends
from tasks.ends import Ends
from tests.jobs.claimed import fresh, locked, running
from tests.nodes.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
SUCCEEDED = Ending(state=State.SUCCEEDED, result=1)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many ends each statement has had."""
    sizes: list[int] = []
    plain = RunQuerySet.succeed

    def succeed(self: RunQuerySet, successes: Any) -> Any:
        given = list(successes)
        sizes.append(len(given))
        return plain(self, given)

    monkeypatch.setattr(RunQuerySet, "succeed", succeed)
    return sizes


@pytest.fixture
def thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    monkeypatch.setattr(ends, "_ends", None)
    gathered = ends.gather()
    yield gathered
    if gathered.ident is None:
        gathered.start()
    gathered.end()


def hand_over_from_a_process(run: Run) -> None:
    """Which is gone then."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if ends.hand_over(run, SUCCEEDED) else 1)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def states(*runs: Run) -> list[str]:
    return [fresh(run).state for run in runs]


def test_an_end_outlives_the_process_that_handed_it_over(thread: Ends) -> None:
    run = running()

    hand_over_from_a_process(run)
    thread.start()
    wait_until(lambda: states(run) == ["succeeded"], about="it is written")

    assert (fresh(run).result, run.attempts.get().outcome) == (1, "succeeded")


def test_ends_that_come_together_are_written_together(thread: Ends, written: list[int]) -> None:
    runs = [running() for _ in range(5)]
    assert all(ends.hand_over(run, SUCCEEDED) for run in runs)

    thread.start()
    thread.end()

    assert (states(*runs), written) == (["succeeded"] * 5, [5])


def test_one_end_alone_waits_for_no_other(thread: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "GATHER", 60)
    run = running()
    thread.start()

    assert ends.hand_over(run, SUCCEEDED)

    wait_until(lambda: states(run) == ["succeeded"], about="it is written")


def test_what_was_handed_over_is_written_before_the_thread_ends(thread: Ends) -> None:
    run = running()
    thread.start()
    ends.hand_over(run, SUCCEEDED)

    thread.end()

    assert states(run) == ["succeeded"]


@pytest.mark.parametrize(
    "ending",
    [
        Ending(state=State.FAILED, failed=True, error="x"),
        Ending(state=State.QUEUED, wait=timedelta(0)),
        Ending(state=State.SUCCEEDED, log="long" * 1_000_000),
    ],
    ids=["failed", "handed back", "too long for a message"],
)
def test_what_a_parent_does_not_take(thread: Ends, ending: Ending) -> None:
    assert ends.hand_over(running(), ending) is False


def test_an_end_that_frees_a_lane_is_written_at_once_by_its_process(thread: Ends) -> None:
    assert ends.hand_over(running(lane="greet"), SUCCEEDED) is False


def test_where_no_parent_gathers_nothing_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "_ends", None)

    assert ends.hand_over(running(), SUCCEEDED) is False


def test_a_parent_that_does_not_come_after_takes_no_more(thread: Ends) -> None:
    run = running()

    assert any(not ends.hand_over(run, SUCCEEDED) for _ in range(100_000))


def test_a_row_that_is_locked_is_written_once_it_is_free(thread: Ends) -> None:
    waiting, free = running(), running()
    thread.start()

    with locked(waiting):
        assert ends.hand_over(waiting, SUCCEEDED)
        assert ends.hand_over(free, SUCCEEDED)
        wait_until(lambda: states(free) == ["succeeded"], about="the other is written")
        assert states(waiting) == ["running"]

    wait_until(lambda: states(waiting) == ["succeeded"], about="it is written")


def test_an_end_waits_for_a_database_that_is_away(thread: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    run = running()
    plain, failures = RunQuerySet.succeed, [OperationalError("gone")] * 3

    def succeed(self: RunQuerySet, successes: Any) -> Any:
        if failures:
            raise failures.pop()
        return plain(self, successes)

    monkeypatch.setattr(RunQuerySet, "succeed", succeed)
    thread.start()

    ends.hand_over(run, SUCCEEDED)

    wait_until(lambda: states(run) == ["succeeded"], about="it is written")


def test_an_end_whose_answer_was_lost_is_not_written_twice(
    thread: Ends, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = running()
    plain, failures = RunQuerySet.succeed, [OperationalError("the answer was lost")]

    def succeed(self: RunQuerySet, successes: Any) -> Any:
        found = plain(self, list(successes))
        if failures:
            raise failures.pop()
        return found

    monkeypatch.setattr(RunQuerySet, "succeed", succeed)
    ends.hand_over(run, SUCCEEDED)
    with caplog.at_level(logging.INFO):
        thread.start()
        thread.end()

    assert (states(run), run.attempts.count()) == (["succeeded"], 1)
    assert f"The end of run {run.pk} was written before" in caplog.text


def test_an_end_that_cannot_be_stored_keeps_no_other_from_it(
    thread: Ends, caplog: pytest.LogCaptureFixture
) -> None:
    unstorable, good = running(), running()
    ends.hand_over(unstorable, Ending(state=State.SUCCEEDED, result=float("nan")))
    ends.hand_over(good, SUCCEEDED)

    thread.start()
    thread.end()

    assert states(unstorable, good) == ["running", "succeeded"]
    assert f"The end of run {unstorable.pk} cannot be written" in caplog.text


def test_an_end_is_given_up_with_its_lease(
    thread: Ends, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LEASE = timedelta(seconds=0.5)
    run = running()
    with locked(run):
        ends.hand_over(run, SUCCEEDED)
        begun = time.monotonic()
        thread.start()
        thread.end()

    assert (states(run), time.monotonic() - begun >= 0.4) == (["running"], True)
    assert f"The end of run {run.pk} could not be written in time" in caplog.text


def test_it_finds_rows_by_key_even_while_the_table_is_small(thread: Ends) -> None:
    run = running()
    connection.close()
    ends._write([ends.End(run.success(SUCCEEDED), time.monotonic() + 60)])

    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("off",)
    connection.close()

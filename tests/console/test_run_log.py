"""The log as an open page follows it."""

from typing import Any

import pytest

from console import run_log
from console.live.picture import Lines
from console.run_log import LogWatch, is_cut
from jobs.models import Attempt, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    return make_run(State.RUNNING)


def read(watch: LogWatch, run: Run, number: int = 1) -> Lines:
    attempt = Attempt.objects.get(run=run, number=number)
    return watch.lines_of({(run.pk, number): len(attempt.log.encode())})[run.pk, number]


def write(run: Run, log: str) -> None:
    Attempt.objects.filter(run=run).update(log=log)


def added(run: Run, before: str, now: str) -> str:
    """What is sent to somebody who has seen the first."""
    watch = LogWatch()
    write(run, before)
    shown = read(watch, run)
    write(run, now)
    return read(watch, run).after(shown).text


def test_only_what_was_added_is_sent(run: Run) -> None:
    assert added(run, "one é\n", "one é\ntwo\n") == "two\n"


def test_only_the_end_is_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "SHOWN", 4)
    write(run, "abcdefgh")

    assert read(LogWatch(), run).text == "efgh"
    assert is_cut(read(LogWatch(), run))
    assert added(run, "abcdef", "abcdefgh") == "gh"


def test_a_log_that_is_all_there_is_not_cut(run: Run) -> None:
    write(run, "abc")

    assert not is_cut(read(LogWatch(), run))


def test_the_log_of_the_next_attempt_is_never_added_to_this_one(make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, attempt=2)
    write(run, "one and more\n")
    watch = LogWatch()

    first, second = read(watch, run), read(watch, run, 2)

    assert second.after(first).text == "one and more\n"


def test_a_log_that_lost_its_middle_is_sent_anew_where_it_has_changed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_log, "MIDDLE_LOST", 10)
    monkeypatch.setattr(run_log, "SHOWN", 4)

    assert added(run, "aaaaaaaaaa bc", "aaaaaaaaaa bcd") == " bcd"
    assert added(run, "aaaaaaaaaa bc", "aaaaaaaaaa bc") == ""
    assert added(run, "aaaaaaaaaa bc", "aaaaaaaaaa cd") == "a cd"  # as long as before


def test_a_log_that_has_not_grown_is_not_read_again(run: Run, django_assert_num_queries: Any) -> None:
    watch = LogWatch()
    write(run, "abc")
    before = read(watch, run)

    with django_assert_num_queries(0):
        assert watch.lines_of({(run.pk, 1): 3}) == {(run.pk, 1): before}
    with django_assert_num_queries(1):
        watch.lines_of({(run.pk, 1): 4})


def test_empty_logs_are_not_read_at_all(run: Run, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert LogWatch().lines_of({(run.pk, 1): 0}) == {}


def test_only_so_many_are_remembered(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "MOST_LOGS", 1)
    watch = LogWatch()

    for number in range(3):
        watch._keep((run.pk, number), 1, Lines(start=0, text="x"))

    assert list(watch._known) == [(run.pk, 2)]

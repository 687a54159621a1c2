"""How fast runs get on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from console.pace import MOST_RUNS, Pace, Watch
from jobs.models import Run
from jobs.models.state import State

BEGAN = datetime(2026, 5, 4, 12, tzinfo=UTC)


def run(done: int, total: int | None = 10_000, *, attempt: int = 1, state: State = State.RUNNING) -> Run:
    return Run(
        pk=UUID(int=1), job="greet", state=state, done=done, total=total, attempt=attempt, started_at=BEGAN
    )


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def test_a_run_that_nobody_watched_has_the_rate_since_it_began() -> None:
    assert Watch().pace_of(run(1_000), after(10)) == Pace(rate=100, left=timedelta(seconds=90))


def test_a_watched_run_has_the_rate_of_the_last_seconds() -> None:
    watch = Watch()
    for second in range(100, 121):
        watch.pace_of(run(1_000 + second), after(second))

    assert watch.pace_of(run(1_120), after(120)) == Pace(rate=1, left=timedelta(seconds=8_880))


def test_of_an_attempt_that_went_on_the_rate_is_known_once_it_was_watched() -> None:
    watch = Watch()

    assert watch.pace_of(run(5_000, attempt=2), after(1_000)) is None

    found = watch.pace_of(run(5_400, attempt=2), after(1_004))
    assert found == Pace(rate=100, left=timedelta(seconds=46))


def test_batches_longer_than_the_window_have_a_rate_too() -> None:
    watch = Watch()
    for number in range(5):
        watch.pace_of(run(600 * number, attempt=2), after(60 * number))

    found = watch.pace_of(run(2_400, attempt=2), after(245))

    assert found is not None
    assert found.rate == 10


def test_a_run_that_stands_still_gets_slower() -> None:
    watch = Watch()
    for second in range(5):
        watch.pace_of(run(100 * second, attempt=2), after(second))

    paces = [watch.pace_of(run(400, attempt=2), after(second)) for second in (5, 30, 300)]

    rates = [pace.rate for pace in paces if pace]
    assert len(rates) == 3
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == 100


def test_a_run_that_begins_anew_forgets_how_fast_it_was() -> None:
    watch = Watch()
    watch.pace_of(run(100, attempt=2), after(1))
    watch.pace_of(run(900, attempt=2), after(5))

    assert watch.pace_of(run(10, attempt=2), after(6)) is None


@pytest.mark.parametrize("state", [State.QUEUED, State.PAUSED, State.SUCCEEDED])
def test_what_does_not_run_has_no_pace(state: State) -> None:
    assert Watch().pace_of(run(10, state=state), after(5)) is None


def test_nothing_done_is_no_pace() -> None:
    assert Watch().pace_of(run(0), after(5)) is None


def test_a_total_that_is_none_in_truth_has_no_time_left() -> None:
    assert Watch().pace_of(run(50, 2**63 - 1), after(10)) == Pace(rate=5)


def test_without_a_total_there_is_no_time_left() -> None:
    assert Watch().pace_of(run(50, None), after(10)) == Pace(rate=5)


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace(rate=1_234.5, left=timedelta(seconds=200)), "1,200 a second, about 3 min left"),
        (Pace(rate=12.3), "12 a second"),
        (Pace(rate=0.2, left=timedelta(seconds=3)), "12 a minute, some seconds left"),
        (Pace(rate=0.001), "4 an hour"),
    ],
)
def test_a_pace_is_said_in_words(pace: Pace, words: str) -> None:
    assert str(pace) == words


def test_the_memory_of_what_was_watched_is_bounded() -> None:
    watch = Watch()
    for number in range(MOST_RUNS + 5):
        each = run(1)
        each.pk = UUID(int=number)
        watch.pace_of(each, after(5))

    assert len(watch._samples) == MOST_RUNS

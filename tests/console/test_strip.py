"""The last runs of a job beside each other."""

import re
from datetime import UTC, datetime, timedelta

from console.strip import FOOT, LINE, RUNS, STEP, strip_of
from jobs.models import Run
from jobs.models.state import State

BEGAN = datetime(2026, 5, 4, 12, tzinfo=UTC)
RECT = re.compile(r'<rect class="(?!hit)(\w+)" x="([\d.]+)" y="([\d.]+)" width="6" height="([\d.]+)"/>')


def run(state: State = State.SUCCEEDED, seconds: float | None = 60) -> Run:
    ended = None if seconds is None else BEGAN + timedelta(seconds=seconds)
    return Run(job="greet", state=state, attempt=1, created_at=BEGAN, started_at=BEGAN, finished_at=ended)


def bars(*newest_first: Run) -> list[tuple[str, float, float, float]]:
    """Their style, left edge, upper edge and height, from left to right."""
    found = RECT.findall(strip_of(newest_first).bars)
    return [(style, float(x), float(y), float(height)) for style, x, y, height in found]


def test_the_newest_run_is_at_the_right() -> None:
    old, new = bars(run(State.SUCCEEDED), run(State.CANCELLED))

    assert (old[0], new[0]) == ("cancelled", "succeeded")
    assert new[1] - old[1] == STEP
    assert new[1] == (RUNS - 1) * STEP + 1


def test_a_longer_run_is_higher() -> None:
    short, long = bars(run(seconds=100), run(seconds=1))[::-1]

    assert long[3] < short[3] == LINE


def test_what_failed_reaches_below_the_line() -> None:
    good, bad = bars(run(State.FAILED), run(State.SUCCEEDED))

    assert good[2] + good[3] == LINE
    assert bad[2] + bad[3] == FOOT


def test_a_run_that_goes_on_for_long_does_not_flatten_the_others() -> None:
    good, goes_on = bars(run(State.RUNNING, None), run(seconds=10))

    assert (good[3], goes_on[3]) == (LINE, LINE)


def test_each_bar_says_its_time_state_and_duration_and_leads_to_its_run() -> None:
    each = run(State.FAILED, 80)

    found = strip_of([each]).bars

    assert "<title>4 May 12:00: Failed, 1 min 20 s</title>" in found
    assert f'href="/runs/{each.pk}/"' in found


def test_the_same_is_said_in_words() -> None:
    states = [State.RUNNING, State.SUCCEEDED, State.FAILED, State.SUCCEEDED, State.CANCELLED]

    found = strip_of([run(state) for state in states])

    assert found.words == "2 of 4 succeeded, 1 failed, 1 cancelled"


def test_without_runs_there_is_nothing_to_say() -> None:
    assert (strip_of([]).bars, strip_of([]).words) == ("", "")

"""Runs in a list."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.exceptions import UnknownJob
from jobs.models import Run
from jobs.models.state import FINAL, State
from jobs.run_listing import brief, chosen, run_table
from jobs.terminal import printed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def made(state: State, **values: Any) -> Run:
    ended = {"finished_at": NOON} if state in FINAL else {}
    return Run.objects.create(**{"job": "greet", "state": state, **ended, **values})


@pytest.mark.parametrize("state", State)
def test_runs_are_chosen_by_state(state: State) -> None:
    runs = {each: made(each) for each in State}

    assert list(chosen(state=state)) == [runs[state]]


def test_runs_are_chosen_by_job_and_the_latest_come_first() -> None:
    made(State.QUEUED, job="import_products")
    first, second = made(State.QUEUED), made(State.FAILED)

    assert list(chosen(job="greet")) == [second, first]


def test_a_job_that_is_gone_still_has_its_runs() -> None:
    run = made(State.FAILED, job="long_gone")

    assert list(chosen(job="long_gone")) == [run]


def test_a_job_that_never_was_is_refused() -> None:
    with pytest.raises(UnknownJob, match="did you mean 'greet'"):
        chosen(job="gret")


def test_the_table_has_whole_ids_and_shows_what_is_asked_for() -> None:
    run = made(State.RUNNING, wish="pause", done=500, total=1_000, error="[bold]no markup[/bold]\nmore")

    text = printed(run_table([run]), is_terminal=False)

    for word in (str(run.pk), "pausing", "500 of 1,000 (50 %)", "[bold]no markup[/bold]"):
        assert word in text
    assert "more" not in text


def test_a_run_of_the_list_is_plain_json() -> None:
    run = made(State.RUNNING, wish="pause", created_at=NOON)

    read = json.loads(json.dumps(brief(run)))

    assert (read["run"], read["state"], read["wish"]) == (str(run.pk), "running", "pause")
    assert (read["created_at"], read["finished_at"], read["error"]) == (
        "2026-03-01T12:00:00+00:00",
        None,
        None,
    )

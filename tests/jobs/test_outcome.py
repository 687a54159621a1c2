"""How a run ended, for whoever typed the command."""

import pytest
from django.core.management import CommandError

from jobs.models import Run
from jobs.models.state import State
from jobs.outcome import outcome_lines, raise_outcome


@pytest.mark.parametrize(
    ("state", "status"),
    [(State.FAILED, 1), (State.CANCELLED, 130), (State.PAUSED, 130)],
)
def test_each_state_has_its_exit_status(state: State, status: int) -> None:
    with pytest.raises(CommandError) as caught:
        raise_outcome(Run(job="greet", state=state, error="It broke"))

    assert caught.value.returncode == status


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.QUEUED])
def test_what_succeeded_or_waits_is_status_0(state: State) -> None:
    raise_outcome(Run(job="greet", state=state))


def test_a_paused_run_says_how_to_go_on_here_and_elsewhere() -> None:
    run = Run(job="greet", state=State.PAUSED, error="Interrupted: it stopped at a checkpoint")

    with pytest.raises(CommandError) as caught:
        raise_outcome(run)

    assert f"python manage.py greet --resume {run.pk}" in str(caught.value)
    assert f"python manage.py runs resume {run.pk}" in str(caught.value)


@pytest.mark.django_db
def test_files_are_listed_below_the_result() -> None:
    run = Run.objects.create(job="greet", state=State.SUCCEEDED, result=["Hello"])
    run.artifacts.create(name="rejected.csv", size=1)

    first, second = outcome_lines(run)

    assert first == "Hello"
    assert second.startswith("rejected.csv: /")


@pytest.mark.django_db
def test_what_a_failed_run_has_found_is_shown_too() -> None:
    run = Run.objects.create(job="greet", state=State.FAILED, result={"found": 1}, error="1 is missing")
    run.artifacts.create(name="found.csv", size=1)

    first, second = outcome_lines(run)

    assert (first, second.startswith("found.csv: /")) == ("found  1", True)

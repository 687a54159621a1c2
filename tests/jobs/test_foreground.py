"""A job here and now."""

import signal

import pytest
from django.core.management import CommandError, call_command

from jobs import catalog
from jobs.exceptions import WrongParameters
from jobs.foreground import run_here
from jobs.job import Job
from jobs.management.commands import greet
from jobs.models import Run
from jobs.models.run import Origin
from jobs.models.state import State
from jobs.progress import Progress


def interrupts_itself_twice() -> None:
    """Press Ctrl-C, and again where no checkpoint is near."""
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)


def interrupts_itself(progress: Progress) -> None:
    """Press Ctrl-C, and go on to the next checkpoint."""
    signal.raise_signal(signal.SIGINT)
    progress.update(1)


@pytest.mark.django_db
def test_the_record_says_that_it_came_from_a_command() -> None:
    run = run_here(catalog.GREET, {"name": "Bob"})

    assert (run.state, run.origin, run.attempt) == (State.SUCCEEDED, Origin.COMMAND, 1)
    assert run.worker.startswith("command@")


@pytest.mark.django_db
def test_wrong_parameters_leave_no_run() -> None:
    with pytest.raises(WrongParameters):
        run_here(catalog.GREET, {})

    assert Run.objects.count() == 0


@pytest.mark.django_db
def test_ctrl_c_stops_at_the_next_checkpoint_and_the_handlers_are_back() -> None:
    told: list[str] = []
    before = signal.getsignal(signal.SIGINT)

    run = run_here(Job(function=interrupts_itself), {}, on_interrupt=lambda: told.append("stopping"))

    assert (run.state, told) == (State.PAUSED, ["stopping"])
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.django_db
def test_a_second_ctrl_c_pauses_at_once() -> None:
    run = run_here(Job(function=interrupts_itself_twice), {})

    assert (run.state, run.error) == (State.PAUSED, "Interrupted at once, between two checkpoints")


@pytest.mark.django_db
def test_an_interrupted_command_is_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greet.Command, "job", Job(function=interrupts_itself))

    with pytest.raises(CommandError, match="Interrupted: it stopped at a checkpoint") as caught:
        call_command(greet.Command(), verbosity=0)

    assert caught.value.returncode == 130

"""A job here and now."""

import signal

import pytest
from django.core.management import CommandError, call_command

from jobs import catalog, queue
from jobs.exceptions import NotResumable, OverlapRefused, WrongParameters
from jobs.foreground import run_here
from jobs.job import Job, Overlap
from jobs.management.commands import greet
from jobs.models import Run
from jobs.models.queue import Queue
from jobs.models.run import Origin
from jobs.models.state import State
from jobs.progress import Progress
from tests.jobs.claimed import fresh, in_state


def interrupts_itself_twice() -> None:
    """Press Ctrl-C, and again where no checkpoint is near."""
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
    # Python looks for signals at jumps and calls: the next one would else be after the job's end.
    for _ in range(10):
        pass


def interrupts_itself_between_batches(progress: Progress) -> list[list[int]]:
    """Press Ctrl-C in the first batch; says which batches there were in this attempt."""
    seen = []
    for batch in progress.batches(range(5), 2):
        seen.append(list(batch))
        if 0 in batch:
            signal.raise_signal(signal.SIGINT)
    return seen


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


@pytest.mark.django_db
def test_a_run_at_a_terminal_is_attended_and_no_worker_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[Run] = []
    monkeypatch.setattr(queue, "announce", announced.append)

    run = run_here(catalog.GREET, {"name": "Bob"})

    assert (run.attended, announced) == (True, [])


@pytest.mark.django_db
def test_a_paused_queue_is_nothing_to_a_person() -> None:
    Queue.objects.pause(catalog.GREET.queue)

    assert run_here(catalog.GREET, {"name": "Bob"}).state == State.SUCCEEDED


@pytest.mark.django_db
def test_what_was_interrupted_goes_on_where_it_was() -> None:
    job = Job(function=interrupts_itself_between_batches)
    paused = run_here(job, {})
    assert (paused.state, paused.done) == (State.PAUSED, 2)

    run = run_here(job, {}, resume=paused)

    assert (run.pk, run.state, run.attempt, run.result) == (paused.pk, State.SUCCEEDED, 2, [[2, 3], [4]])


@pytest.mark.django_db
@pytest.mark.parametrize("state", sorted(set(State) - {State.PAUSED}))
def test_only_what_is_paused_is_resumed(state: State) -> None:
    run = in_state(state)

    with pytest.raises(NotResumable, match=f"Run {run.pk} is {state}, not paused"):
        run_here(catalog.GREET, {}, resume=run)

    assert (fresh(run).state, fresh(run).attempt) == (state, run.attempt)


@pytest.mark.django_db
def test_where_there_is_no_room_in_the_lane_no_run_is_left() -> None:
    job = Job(function=interrupts_itself_between_batches, overlap=Overlap.QUEUE)
    busy = Run.objects.create(job=job.name, lane=job.name, state=State.RUNNING)

    with pytest.raises(OverlapRefused, match=str(busy.pk)):
        run_here(job, {})

    assert list(Run.objects.all()) == [busy]


@pytest.mark.django_db
def test_a_paused_run_for_which_there_is_no_room_stays_paused() -> None:
    job = Job(function=interrupts_itself_between_batches, overlap=Overlap.QUEUE)
    paused = run_here(job, {})
    Run.objects.create(job=job.name, lane=job.name, state=State.RUNNING)

    with pytest.raises(NotResumable):
        run_here(job, {}, resume=paused)

    assert fresh(paused).state == State.PAUSED

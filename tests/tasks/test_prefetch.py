"""Whether a worker has one more message at hand: while its tasks are short, and never behind a long one."""

import time
from pathlib import Path

import pytest
from celery import current_app

from jobs.models.run import Run
from jobs.models.state import State
from tasks import prefetch
from tasks.greetings import greet
from tasks.prefetch import SHORT, Pace
from tests.nodes.jobs import wait_for_gate_task
from tests.nodes.waiting import ended, wait_until
from tests.nodes.worker import WorkerNode

PROCESS, OTHER = 1, 2


class Clock:
    now = 1_000.0


class Executing:
    def __init__(self, pid: int) -> None:
        self.worker_pid = pid


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(prefetch.time, "monotonic", lambda: clock.now)
    return clock


@pytest.fixture
def executing(monkeypatch: pytest.MonkeyPatch) -> set[Executing]:
    requests: set[Executing] = set()
    monkeypatch.setattr(prefetch.state, "active_requests", requests)
    return requests


def tasks_of(seconds: float, clock: Clock, pace: Pace, count: int = 30) -> Pace:
    for _ in range(count):
        pace.begins(PROCESS)
        clock.now += seconds
    return pace


def test_nothing_is_known_at_first(clock: Clock, executing: set[Executing]) -> None:
    assert not Pace().is_short()


def test_tasks_that_follow_each_other_closely_are_short(clock: Clock, executing: set[Executing]) -> None:
    assert tasks_of(SHORT / 5, clock, Pace()).is_short()


def test_tasks_that_take_long_are_not(clock: Clock, executing: set[Executing]) -> None:
    assert not tasks_of(2 * SHORT, clock, Pace()).is_short()


def test_a_long_one_among_short_ones_is_seen_while_it_runs(clock: Clock, executing: set[Executing]) -> None:
    pace = tasks_of(SHORT / 5, clock, Pace())
    executing.add(Executing(PROCESS))
    pace.begins(PROCESS)
    assert pace.is_short()

    clock.now += 2 * SHORT

    assert not pace.is_short()


def test_a_long_one_is_remembered_until_some_short_ones_have_followed(
    clock: Clock, executing: set[Executing]
) -> None:
    pace = tasks_of(SHORT / 5, clock, Pace())
    tasks_of(60, clock, pace, count=1)
    pace.begins(PROCESS)
    assert not pace.is_short()

    assert tasks_of(SHORT / 5, clock, pace).is_short()


def test_each_process_has_its_own_beginning(clock: Clock, executing: set[Executing]) -> None:
    pace = tasks_of(SHORT / 5, clock, Pace())
    executing.add(Executing(OTHER))
    pace.begins(OTHER)
    tasks_of(SHORT / 5, clock, pace)

    assert not pace.is_short()


@pytest.mark.parametrize(("short", "most"), [(True, 4), (False, 2)])
def test_twice_as_many_messages_as_processes_are_the_most(
    monkeypatch: pytest.MonkeyPatch, short: bool, most: int
) -> None:
    monkeypatch.setattr(prefetch.pace, "is_short", lambda: short)
    reserved: set[int] = set()
    monkeypatch.setattr(prefetch.state, "reserved_requests", reserved)

    while prefetch.may_take_one(processes=2):
        reserved.add(len(reserved))

    assert len(reserved) == most


def test_a_worker_leaves_what_would_wait_behind_long_tasks(worker: WorkerNode, tmp_path: Path) -> None:
    for result in [greet.delay("Ada") for _ in range(60)]:
        ended(result.id)
    long = [wait_for_gate_task.delay(str(tmp_path / "gate")) for _ in range(2)]
    wait_until(lambda: Run.objects.filter(state=State.RUNNING).count() == 2, about="both processes are busy")
    time.sleep(2 * SHORT)  # They are not short any more.

    waiting = [greet.delay("Bob") for _ in range(3)]

    with current_app.connection_for_write() as broker:
        # One may have been asked for while nothing was known of the two.
        assert broker.default_channel.queue_declare("default").message_count >= 2
    (tmp_path / "gate").touch()
    assert {ended(result.id).state for result in [*long, *waiting]} == {State.SUCCEEDED}

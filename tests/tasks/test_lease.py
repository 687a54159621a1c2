"""The leases of what a worker executes."""

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery.worker.state import active_requests
from django.conf import LazySettings
from django.db.models.functions import Now

from jobs.models import Run
from jobs.models.state import State
from tasks import lease
from tasks.lease import Leases, pids
from tests.jobs.claimed import expire, fresh, queued, running
from tests.nodes.waiting import wait_until

HERE = "w"  # the worker of `running`

Execute = Callable[..., subprocess.Popen[bytes]]


class Request:
    """What Celery knows of a task in one of its processes."""

    def __init__(self, run: Run, pid: int | None) -> None:
        self.id = str(run.pk)
        self.worker_pid = pid


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its only item is the time."""
    now = [1_000.0]
    monkeypatch.setattr(lease, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


@pytest.fixture
def requests() -> Iterator[list[Request]]:
    """Celery holds them weakly."""
    held: list[Request] = []
    yield held
    for each in held:
        active_requests.discard(each)


@pytest.fixture
def execute(requests: list[Request]) -> Iterator[Execute]:
    """Let a process of a pool be at work on that run."""
    started: list[subprocess.Popen[bytes]] = []

    def start(run: Run) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(["sleep", "600"], process_group=0)
        started.append(process)
        requests.append(Request(run, process.pid))
        active_requests.add(requests[-1])
        return process

    yield start
    for each in started:
        each.kill()
        each.wait()


@pytest.fixture
def leases(clock: list[float], settings: LazySettings) -> Leases:
    settings.LEASE = timedelta(seconds=60)
    settings.CANCEL_GRACE = timedelta(seconds=30)
    return Leases(HERE)


@pytest.mark.django_db
def test_what_executes_is_renewed_and_nothing_else(
    leases: Leases, clock: list[float], execute: Execute
) -> None:
    executing, forgotten = running(), running()
    execute(executing)
    expire(executing, forgotten)
    clock[0] += 5

    leases.keep()

    assert Run.objects.reap() == 1
    assert [fresh(run).state for run in (executing, forgotten)] == [State.RUNNING, State.QUEUED]


@pytest.mark.django_db
def test_leases_are_renewed_every_few_seconds_only(
    leases: Leases, clock: list[float], execute: Execute
) -> None:
    run = running()
    execute(run)
    seen = []
    for seconds in (4.9, 0.2, 1.0):
        clock[0] += seconds
        expire(run)
        leases.keep()
        seen.append(Run.objects.filter(pk=run.pk, lease_until__gt=Now()).exists())

    assert seen == [False, True, False]


@pytest.mark.django_db
def test_the_run_of_a_dead_process_is_taken_back_at_once(leases: Leases, execute: Execute) -> None:
    dead, alive = running(), running()
    process = execute(dead)
    execute(alive)
    process.kill()
    wait_until(lambda: not lease.processes.is_alive(process.pid))

    leases.keep()

    assert (fresh(dead).state, fresh(dead).crashes, fresh(alive).state) == ("queued", 1, "running")


@pytest.mark.django_db
def test_what_a_dead_process_has_started_is_ended_once_each_time_that_its_number_is_listed(
    leases: Leases, requests: list[Request], execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(lease.processes, "kill", ended.append)
    process = execute(running())
    process.kill()
    process.wait()
    leases.keep()
    leases.keep()
    assert ended == [process.pid]

    active_requests.discard(requests[0])
    leases.keep()
    active_requests.add(requests[0])
    leases.keep()

    assert ended == 2 * [process.pid]


@pytest.mark.django_db
def test_the_run_of_a_dead_process_is_not_renewed(
    leases: Leases, clock: list[float], execute: Execute
) -> None:
    run = running()
    process = execute(run)
    process.kill()
    process.wait()
    clock[0] += 5

    leases.keep()

    assert (fresh(run).state, fresh(run).token) == (State.QUEUED, None)


@pytest.mark.django_db
def test_a_run_that_was_begun_anew_here_is_not_taken_back_for_its_dead_process(
    leases: Leases, clock: list[float], requests: list[Request], execute: Execute
) -> None:
    # Celery keeps the request of a dead process for ten seconds, beside that of the living one.
    run = running()
    gone = subprocess.Popen(["true"])
    gone.wait()
    for number in range(20):
        requests.append(Request(run, gone.pid))
        active_requests.add(requests[-1])
        if number == 10:
            execute(run)
    clock[0] += 5

    leases.keep()

    assert (fresh(run).state, fresh(run).token) == (State.RUNNING, run.token)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "ago", "ends"),
    [("kill", 0, True), ("cancel", 31, True), ("cancel", 5, False), ("pause", 3600, False)],
)
def test_who_does_not_stop_is_killed(
    leases: Leases, clock: list[float], execute: Execute, wish: str, ago: int, ends: bool
) -> None:
    run, other = running(), running()
    process, bystander = execute(run), execute(other)
    Run.objects.filter(pk=run.pk).update(wish=wish, wished_at=Now() - timedelta(seconds=ago))
    clock[0] += 5

    leases.keep()

    if ends:
        assert process.wait(timeout=10) == -9
    assert (fresh(run).state == State.CANCELLED, lease.processes.is_alive(process.pid)) == (ends, not ends)
    assert (fresh(other).state, lease.processes.is_alive(bystander.pid)) == (State.RUNNING, True)


@pytest.mark.django_db
def test_a_worker_that_is_its_own_pool_does_not_kill_itself(
    leases: Leases, clock: list[float], requests: list[Request]
) -> None:
    run = running()
    requests.append(Request(run, os.getpid()))
    active_requests.add(requests[0])
    Run.objects.filter(pk=run.pk).kill()
    clock[0] += 5

    leases.keep()

    assert fresh(run).state == State.RUNNING


@pytest.mark.django_db
def test_a_request_without_a_process_executes_nothing(requests: list[Request]) -> None:
    run = queued()
    requests.append(Request(run, None))
    active_requests.add(requests[0])

    assert str(run.pk) not in pids()


@pytest.mark.parametrize(("seconds", "ends"), [(47.0, False), (49.0, True)])
def test_what_could_not_be_renewed_is_ended_before_others_may_begin_it(
    leases: Leases, clock: list[float], execute: Execute, seconds: float, ends: bool
) -> None:
    # No database is allowed here: it may be what does not answer.
    process = execute(Run(job="greet"))
    clock[0] += seconds

    leases.guard()

    if ends:
        assert process.wait(timeout=10) == -9
    assert lease.processes.is_alive(process.pid) is not ends


@pytest.mark.django_db
def test_a_worker_that_can_renew_has_nothing_to_fear(
    leases: Leases, clock: list[float], execute: Execute
) -> None:
    run = running()
    process = execute(run)
    for _ in range(4):
        clock[0] += 30
        leases.keep()
        leases.guard()

    assert lease.processes.is_alive(process.pid)


@pytest.mark.django_db
def test_a_worker_that_has_nothing_to_renew_has_nothing_to_fear(
    leases: Leases, clock: list[float], execute: Execute
) -> None:
    for _ in range(4):
        clock[0] += 30
        leases.keep()
    process = execute(running())

    leases.guard()

    assert lease.processes.is_alive(process.pid)


@pytest.mark.django_db
def test_a_renewal_that_fails_is_no_renewal(
    leases: Leases, clock: list[float], execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = execute(running())
    monkeypatch.setattr(type(Run.objects.all()), "renew", refuse)
    for _ in range(2):
        clock[0] += 25
        with pytest.raises(ConnectionError):
            leases.keep()

    leases.guard()

    assert process.wait(timeout=10) == -9


def refuse(*args: Any, **options: Any) -> None:
    raise ConnectionError("the database is away (by the test)")

"""The processes of a pool."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from tasks import processes
from tests.nodes.process import ROOT
from tests.nodes.waiting import wait_until

SLEEP = ["sleep", "600"]
WITH_A_CHILD = ["sh", "-c", "sleep 600 & echo $!; wait"]


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    all_: list[subprocess.Popen[str]] = []
    yield all_
    for each in all_:
        each.kill()
        each.communicate()


def lead_group_in(*, new_session: bool) -> str:
    """Whether a process that has called it leads its group."""
    code = (
        "import os; from tasks.processes import lead_group; lead_group(); print(os.getpgrp() == os.getpid())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=new_session,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("new_session", [False, True])
def test_a_pool_process_leads_a_group(new_session: bool) -> None:
    assert lead_group_in(new_session=new_session) == "True"


@pytest.mark.parametrize(("parent_ends", "said"), [(True, ""), (False, "begun")])
def test_a_pool_process_whose_parent_has_died_already_does_not_begin(parent_ends: bool, said: str) -> None:
    code = f"""
import os, time
from tasks.processes import end_if_orphaned
end_if_orphaned()  # the worker itself, as in a solo pool
worker = os.getpid()
if os.fork() == 0:
    while {parent_ends} and os.getppid() == worker:
        time.sleep(0.01)
    end_if_orphaned()
    print("begun", flush=True)
elif not {parent_ends}:
    os.wait()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == said


def test_a_process_that_works_is_alive() -> None:
    assert processes.is_alive(os.getpid())


def test_a_process_that_nobody_has_waited_for_yet_is_dead(started: list[subprocess.Popen[str]]) -> None:
    process = subprocess.Popen(SLEEP, text=True)
    started.append(process)
    assert processes.is_alive(process.pid)

    process.kill()

    wait_until(lambda: not processes.is_alive(process.pid), about="it counts as dead")
    assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE


def test_a_process_that_is_gone_is_dead() -> None:
    process = subprocess.Popen(["true"])
    process.wait()

    assert not processes.is_alive(process.pid)


def test_a_kill_reaches_what_the_process_has_started(started: list[subprocess.Popen[str]]) -> None:
    leader = subprocess.Popen(WITH_A_CHILD, text=True, stdout=subprocess.PIPE, process_group=0)
    started.append(leader)
    child = int(leader.stdout.readline())

    processes.kill(leader.pid)

    assert leader.wait(timeout=10) == -9
    wait_until(lambda: not processes.is_alive(child), about="its child is gone")


def test_a_kill_of_a_process_that_leads_no_group_reaches_it_alone(
    started: list[subprocess.Popen[str]],
) -> None:
    other, process = (subprocess.Popen(SLEEP, text=True) for _ in range(2))
    started += [other, process]

    processes.kill(process.pid)

    assert process.wait(timeout=10) == -9
    assert processes.is_alive(other.pid)


def test_a_kill_of_what_is_gone_is_nothing() -> None:
    process = subprocess.Popen(["true"])
    process.wait()

    processes.kill(process.pid)

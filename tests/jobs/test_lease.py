"""The lease of a run at a terminal."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from jobs.lease import KILLED, kept_lease, renew_every
from jobs.models import Run
from jobs.models.state import State
from tests.jobs.claimed import fresh, running
from tests.nodes.process import ROOT
from tests.nodes.waiting import wait_until
from tests.nodes.worker import service_environment

pytestmark = pytest.mark.django_db(transaction=True)

# A job that passes no checkpoint: only the thread beside it can renew its lease, and end it.
AT_A_TERMINAL = """
import sys, time
from pathlib import Path
import django
django.setup()
from jobs.foreground import run_here
from jobs.job import Job

def wait_stubbornly(gate: str) -> str:
    while not Path(gate).exists():
        time.sleep(0.02)
    return "through"

print(run_here(Job(function=wait_stubbornly), {"gate": sys.argv[1]}).state)
"""


@pytest.fixture
def short(settings: LazySettings) -> None:
    settings.LEASE = timedelta(milliseconds=400)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    env = {
        **service_environment("redis://127.0.0.1:1/0"),
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "LEASE_SECONDS": "1",
        "CANCEL_GRACE_SECONDS": "0",
    }
    command = [sys.executable, "-c", AT_A_TERMINAL, str(tmp_path / "gate")]
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def begun() -> Run:
    return wait_until(lambda: Run.objects.filter(state=State.RUNNING).first(), about="the job has begun")


def renewed(run: Run, by: timedelta = timedelta(0)) -> Any:
    """When the lease is over, once it was renewed by more than that."""
    before = fresh(run).lease_until
    wait_until(lambda: fresh(run).lease_until > before + by, about="the lease is renewed")
    return fresh(run).lease_until


@pytest.mark.parametrize(("lease", "seconds"), [(timedelta(seconds=2), 0.5), (timedelta(minutes=5), 5.0)])
def test_a_lease_is_renewed_in_time_and_a_kill_is_prompt(
    settings: LazySettings, lease: timedelta, seconds: float
) -> None:
    settings.LEASE = lease

    assert renew_every() == seconds


@pytest.mark.usefixtures("short")
def test_a_lease_is_renewed_for_the_time_of_the_block() -> None:
    run = running()

    with kept_lease(run):
        renewed(run, by=timedelta(milliseconds=500))

    last = fresh(run).lease_until
    assert "lease" not in {thread.name for thread in threading.enumerate()}
    assert fresh(run).lease_until == last
    assert wait_until(Run.objects.reap) == 1


@pytest.mark.usefixtures("short")
def test_a_connection_that_is_cut_does_not_end_the_renewals() -> None:
    run = running()

    with kept_lease(run):
        renewed(run)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE '%SET lease_until%' "
                "AND pid <> pg_backend_pid()"
            )
            (cut,) = cursor.fetchone()
        renewed(run)

    assert cut == 1


def test_a_job_at_a_terminal_keeps_its_lease_without_a_checkpoint(
    terminal: subprocess.Popen[str], tmp_path: Path
) -> None:
    run = begun()
    renewed(run, by=timedelta(seconds=1))

    (tmp_path / "gate").touch()

    assert terminal.communicate(timeout=10)[0] == "succeeded\n"
    assert (fresh(run).state, fresh(run).attempt, fresh(run).crashes) == (State.SUCCEEDED, 1, 0)


@pytest.mark.parametrize("verb", ["kill", "cancel"])
def test_a_job_at_a_terminal_that_hears_of_nothing_is_killed(
    terminal: subprocess.Popen[str], verb: str
) -> None:
    run = begun()

    getattr(Run.objects.filter(pk=run.pk), verb)()

    assert terminal.wait(timeout=10) == KILLED
    now = fresh(run)
    assert (now.state, now.error) == (State.CANCELLED, "Killed: it had not stopped by itself")


def test_a_job_whose_terminal_dies_waits_for_its_person(terminal: subprocess.Popen[str]) -> None:
    run = begun()

    terminal.kill()

    wait_until(Run.objects.reap, about="the lease is over")
    assert (fresh(run).state, fresh(run).crashes, fresh(run).attended) == (State.PAUSED, 1, True)

"""Each piece that the service needs, there and missing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from time_machine import travel

from jobs.catalog import QUEUES
from jobs.exceptions import FailedWithResult
from jobs.models import Heartbeat, Queue, Run
from jobs.models.state import State
from jobs.services import health
from jobs.services.diagnosis import Diagnosis, Level
from jobs.services.health import STARTS, check_health
from tests.away import no_broker

CHECKS = {"database", "broker", "workers", "queues", "beat", "disk", "migrations", "clock"}


def failed(**parameters: Any) -> Diagnosis:
    with pytest.raises(FailedWithResult) as caught:
        check_health(**parameters)
    found = caught.value.result
    assert isinstance(found, Diagnosis)
    return found


@pytest.mark.usefixtures("_processes")
def test_a_service_that_is_well() -> None:
    found = check_health(min_disk=0)

    assert {name: each.level for name, each in found.checks.items()} == dict.fromkeys(CHECKS, Level.OK)
    assert found.checks["database"].figure.startswith("PostgreSQL 1")


@pytest.mark.usefixtures("_processes")
@pytest.mark.parametrize("kind", ["worker", "beat"])
def test_a_process_that_is_missing_fails_with_how_to_start_it(kind: str) -> None:
    Heartbeat.objects.filter(kind=kind).update(seen_at=timezone.now() - timedelta(minutes=1))

    found = failed().checks["workers" if kind == "worker" else "beat"]

    assert (found.level, found.figure) == (Level.FAIL, "none")
    assert STARTS[kind] in found.advice


def test_the_worker_that_is_advised_takes_every_queue_of_the_catalog() -> None:
    assert STARTS["worker"].endswith(f"--queues {','.join(QUEUES)}")


@pytest.mark.usefixtures("_no_database")
def test_without_a_database_the_others_are_asked_all_the_same() -> None:
    found = failed()

    assert "start PostgreSQL" in found.checks["database"].advice
    assert found.checks["workers"].advice == "Not known while the database does not answer."
    assert found.checks.keys() == CHECKS
    assert {found.checks["broker"].level, found.checks["disk"].level} <= {Level.OK, Level.WARN}


@pytest.mark.usefixtures("_processes")
def test_a_broker_that_is_away_fails_without_its_address() -> None:
    with no_broker():
        found = failed().checks["broker"]

    assert found.advice == "The broker does not answer: start Valkey, or correct BROKER_URL."


@pytest.mark.usefixtures("_processes")
def test_runs_that_nobody_takes_are_a_warning_that_names_their_queue() -> None:
    Run.objects.create(job="greet", queue="slow", not_before=timezone.now() - timedelta(minutes=15))
    Run.objects.create(job="greet", queue="fast", not_before=timezone.now() - timedelta(minutes=2))
    Run.objects.create(job="greet", queue="later", not_before=timezone.now() + timedelta(minutes=2))

    found = check_health(max_wait=timedelta(minutes=10), min_disk=0).checks["queues"]

    assert (found.level, found.figure) == (Level.WARN, "2 due, the longest for 15 min")
    assert found.advice.startswith("Runs of slow wait too long")


@pytest.mark.usefixtures("_processes")
def test_a_queue_in_which_runs_wait_and_that_no_worker_takes_fails_at_once() -> None:
    Heartbeat.objects.filter(kind="worker").update(queues=["default"])
    for queue in ("default", "bulk", "held"):
        Run.objects.create(job="greet", queue=queue)
    Queue.objects.pause("held")

    found = failed(min_disk=0).checks["queues"]

    assert found.figure.endswith("no worker takes bulk")
    assert found.advice == "Start one with `celery -A project worker --queues bulk`."


@pytest.mark.usefixtures("_processes")
def test_a_wait_that_is_allowed_is_no_warning() -> None:
    Run.objects.create(job="greet", not_before=timezone.now() - timedelta(minutes=15))

    found = check_health(max_wait=timedelta(minutes=20), min_disk=0).checks["queues"]

    assert found.level is Level.OK


@pytest.mark.usefixtures("_processes")
def test_what_runs_does_not_wait() -> None:
    Run.objects.create(job="greet", state=State.RUNNING, not_before=timezone.now() - timedelta(minutes=15))

    assert check_health(min_disk=0).checks["queues"].figure == "nothing waits"


@pytest.mark.usefixtures("_processes")
def test_a_paused_queue_is_a_warning_with_how_to_resume_it() -> None:
    Queue.objects.pause("bulk")

    found = check_health(min_disk=0).checks["queues"]

    assert found.level is Level.WARN
    assert "queues resume bulk" in found.advice


@pytest.mark.usefixtures("_processes")
def test_a_disk_that_fills_up_is_a_warning() -> None:
    found = check_health(min_disk=100).checks["disk"]

    assert found.level is Level.WARN
    assert "cleanup_runs" in found.advice


@pytest.mark.usefixtures("_processes")
def test_a_migration_that_is_missing_fails() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    found = failed().checks["migrations"]

    assert (found.figure, "manage.py migrate" in found.advice) == ("1 missing", True)


@pytest.mark.usefixtures("_processes")
@pytest.mark.parametrize(("seconds", "level"), [(5, Level.WARN), (-5, Level.WARN), (60, Level.FAIL)])
def test_a_clock_that_is_wrong(seconds: int, level: Level) -> None:
    with travel(timezone.now() + timedelta(seconds=seconds)):
        found = health.check_clock()

    assert found.level is level
    assert ("behind" if seconds < 0 else "ahead of") in found.figure

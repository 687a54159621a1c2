"""`manage.py show_status`, and what it shows."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs.models import Heartbeat, Run
from jobs.models.state import State
from tasks.seeding import seed
from tasks.status import status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded() -> None:
    Heartbeat.objects.all().delete()  # a worker of another test may have taken its leave only just now
    PeriodicTask.objects.all().delete()
    seed()


def heard_from(kind: str, name: str, *, ago: timedelta = timedelta(0), **facts: Any) -> None:
    Heartbeat.objects.create(kind=kind, name=name, seen_at=timezone.now() - ago, **facts)


def running(worker: str, **facts: Any) -> Run:
    return Run.objects.create(job="import_products", state=State.RUNNING, worker=worker, **facts)


def shown(*words: str) -> str:
    out = StringIO()
    call_command("show_status", *words, stdout=out, no_color=True)
    return out.getvalue()


def test_the_next_schedule_comes_first_and_disabled_ones_last() -> None:
    crontab = PeriodicTask.objects.first().crontab
    PeriodicTask.objects.create(name="a disabled one", task="greet", crontab=crontab, enabled=False)

    found = status(last_runs=5).schedules

    moments = [each.next_slot for each in found if each.enabled and each.next_slot]
    assert moments == sorted(moments)
    assert found[-1].name == "a disabled one"


def test_the_last_runs_are_the_latest() -> None:
    runs = [Run.objects.create(job="greet") for _ in range(4)]

    assert status(last_runs=3).runs == runs[:0:-1]


def test_each_part_has_its_heading() -> None:
    heard_from("worker", "celery@a", queues=["bulk"], processes=2)
    running("celery@a")

    lines = shown().splitlines()

    assert [line for line in lines if line in ("Workers and beat", "Queues", "Schedules", "Last runs")] == [
        *("Workers and beat", "Queues", "Schedules", "Last runs")
    ]
    assert "worker  celery@a  bulk    alive       1 of 2 busy" in lines


def test_where_nobody_works_it_says_where_to_look() -> None:
    assert "manage.py check_health says how to start one" in shown()
    assert "Nothing ran yet." in shown()


def test_verbose_shows_silent_processes_and_what_each_performs() -> None:
    heard_from("worker", "celery@a", ago=timedelta(minutes=5))
    running("celery@a", done=50, total=200)
    PeriodicTask.objects.update(enabled=False)

    short, long = shown(), shown("--verbose")

    assert "celery@a  silent for" not in short
    assert "celery@a          silent for 5 min  import_products 50 of 200 (25 %)" in long
    assert ("disabled" in short, "disabled" in long) == (False, True)


def test_a_queue_that_no_worker_takes_is_pointed_out() -> None:
    heard_from("worker", "celery@a", queues=["bulk"])

    lines = [line.split() for line in shown().splitlines()]

    assert [line[-1] for line in lines if line[:1] in (["bulk"], ["default"])] == ["1", "none"]


def test_a_worker_that_was_stopped_is_not_called_silent() -> None:
    heard_from("worker", "celery@a", ago=timedelta(minutes=5), ended_at=timezone.now())

    assert ("celery@a" in shown(), "stopped 5 min ago" in shown("--verbose")) == (False, True)


def test_json_has_all_of_it_with_lengths_in_seconds() -> None:
    heard_from("worker", "celery@a")
    Run.objects.create(job="greet", not_before=timezone.now() - timedelta(minutes=3))

    found = json.loads(shown("--json"))

    assert list(found) == ["processes", "queues", "schedules", "runs"]
    (default,) = (each for each in found["queues"] if each["queue"] == "default")
    assert 180 <= default["longest"] < 200
    assert found["runs"][0]["job"] == "greet"
    assert found["processes"][0].items() >= {"name": "celery@a", "presence": "alive", "runs": []}.items()

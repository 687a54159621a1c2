"""Schedules: seeded once, edited by people, written as runs by beat."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from jobs.catalog import CLEANUP_RUNS, JOBS
from jobs.models.heartbeat import Heartbeat
from jobs.models.run import Run
from jobs.models.state import State
from project.celery import app
from tasks.schedule import Scheduler, seed
from tests.nodes.waiting import ended, wait_until
from tests.nodes.worker import celery, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheduler(transactional_db: None) -> Iterator[Scheduler]:
    PeriodicTask.objects.all().delete()
    scheduler = Scheduler(app=app)
    yield scheduler
    scheduler.close()
    # At the end of the session there is no database to write to.
    scheduler._finalize.cancel()


def test_each_scheduled_job_is_seeded() -> None:
    PeriodicTask.objects.all().delete()

    seed()

    scheduled = {job.name: job.schedule for job in JOBS.values() if job.schedule}
    seeded = {each.name: each for each in PeriodicTask.objects.all()}
    assert seeded.keys() == scheduled.keys()
    for name, each in seeded.items():
        crontab = each.crontab
        line = (
            f"{crontab.minute} {crontab.hour} {crontab.day_of_month} "
            f"{crontab.month_of_year} {crontab.day_of_week}"
        )
        assert (each.task, line) == (name, scheduled[name])


def test_what_people_have_edited_stays() -> None:
    seed()
    PeriodicTask.objects.filter(name="cleanup_runs").update(enabled=False, kwargs='{"failed_days": 1}')

    seed()

    edited = PeriodicTask.objects.get(name="cleanup_runs")
    assert (edited.enabled, json.loads(edited.kwargs)) == (False, {"failed_days": 1})


def test_a_slot_that_is_due_is_written_as_a_run(scheduler: Scheduler) -> None:
    due("greet", kwargs={"name": "Ada", "times": 2})

    scheduler.tick()

    run = Run.objects.get()
    assert (run.origin, run.schedule, run.parameters) == (
        Run.Origin.SCHEDULE,
        "due",
        {"name": "Ada", "times": 2},
    )


def test_a_slot_is_written_once(scheduler: Scheduler) -> None:
    due("greet", kwargs={"name": "Ada"})

    for _ in range(3):
        scheduler.tick()

    assert Run.objects.count() == 1


def test_a_slot_of_a_job_that_is_active_is_left_out(
    scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    due("cleanup_runs")
    later = timezone.now() + timedelta(hours=1)
    caplog.set_level("INFO")
    active = Run.objects.create(job=CLEANUP_RUNS.name, not_before=later, publish_after=later)

    scheduler.tick()

    assert Run.objects.get() == active
    assert f"cleanup_runs runs one at a time, and run {active.pk} is active" in caplog.text
    assert "ERROR" not in caplog.text


def test_a_tick_is_heard(scheduler: Scheduler) -> None:
    scheduler.tick()

    assert Heartbeat.objects.fresh("beat").exists()


@pytest.mark.usefixtures("worker")
def test_beat_needs_no_broker(environment: dict[str, str], nodes: Path) -> None:
    due("greet", kwargs={"name": "Ada"})
    away = {"BROKER_URL": "redis://127.0.0.1:1/0", "REPUBLISH_AFTER_SECONDS": "1"}
    beat = start("beat", nodes, {**environment, **away}, celery("beat", "--pidfile="))

    try:
        run = wait_until(lambda: Run.objects.first(), within=20, about="beat writes the run")
        run = ended(run.pk)
    finally:
        beat.stop()

    assert (run.state, run.origin, run.schedule) == (State.SUCCEEDED, Run.Origin.SCHEDULE, "due")


def due(job: str, *, kwargs: dict[str, object] | None = None) -> PeriodicTask:
    """A schedule whose slot was an hour ago."""
    PeriodicTask.objects.all().delete()
    entry = PeriodicTask.objects.create(
        name="due",
        task=job,
        interval=IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.HOURS)[0],
        kwargs=json.dumps(kwargs or {}),
        last_run_at=timezone.now() - timedelta(hours=2),
    )
    PeriodicTasks.update_changed()
    return entry

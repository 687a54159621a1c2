"""The catalog's schedules, added and set back."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, PeriodicTask

from jobs.catalog import CLEANUP_RUNS, GREET, JOBS
from tasks.drift import cron_line, drift
from tasks.seeding import NotDeclared, add, seed, set_back
from tests.tasks.scheduled import by_cron

pytestmark = pytest.mark.django_db


def test_nothing_is_seeded_where_only_other_applications_were_migrated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_celery_beat_periodictask RENAME TO not_yet")

    seed()


def test_each_scheduled_job_is_seeded() -> None:
    PeriodicTask.objects.all().delete()

    seed()

    scheduled = {job.name: job.schedule for job in JOBS.values() if job.schedule}
    seeded = {each.name: each for each in PeriodicTask.objects.all()}
    assert seeded.keys() == scheduled.keys()
    for name, each in seeded.items():
        assert (each.task, cron_line(each)) == (name, scheduled[name])


def test_what_people_have_edited_stays() -> None:
    seed()
    PeriodicTask.objects.filter(name="cleanup_runs").update(enabled=False, kwargs='{"failed_days": 1}')

    seed()

    edited = PeriodicTask.objects.get(name="cleanup_runs")
    assert (edited.enabled, json.loads(edited.kwargs)) == (False, {"failed_days": 1})


def test_a_sunday_of_the_catalog_is_one_that_celerys_scheduler_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    PeriodicTask.objects.all().delete()
    monkeypatch.setitem(JOBS, "cleanup_runs", replace(CLEANUP_RUNS, schedule="30 3 * * 7"))

    seed()

    seeded = PeriodicTask.objects.get(name="cleanup_runs")
    assert seeded.schedule.day_of_week == {0}
    assert drift(seeded) == []


def test_a_job_that_is_not_scheduled_cannot_be_added() -> None:
    with pytest.raises(NotDeclared, match="The catalog has no schedule for greet; make one of your own"):
        add(GREET)


def test_what_is_set_back_is_in_nothing_as_people_had_it() -> None:
    PeriodicTask.objects.all().delete()
    seed()
    edited = PeriodicTask.objects.get(name="cleanup_runs")
    fresh = {field.attname: getattr(edited, field.attname) for field in PeriodicTask._meta.fields}
    later = timezone.now() + timedelta(days=1)
    clocked = ClockedSchedule.objects.create(clocked_time=later)
    PeriodicTask.objects.filter(pk=edited.pk).update(
        task="greet", crontab=None, clocked=clocked, kwargs='{"failed_days": 1}', args="[1]", queue="default",
        priority=9, headers='{"missed": "skip"}', enabled=False, one_off=True, expires=later,
        expire_seconds=1, start_time=later, last_run_at=later,
    )  # fmt: skip

    set_back(PeriodicTask.objects.get(pk=edited.pk), CLEANUP_RUNS)

    after = PeriodicTask.objects.get(pk=edited.pk)
    unlike = {name for name, value in fresh.items() if getattr(after, name) != value}
    assert unlike <= {"date_changed", "headers"}
    assert (json.loads(after.headers), drift(after)) == ({}, [])


def test_whoever_shares_its_time_is_left_alone() -> None:
    other = by_cron("1 1 * * *")
    mine = PeriodicTask.objects.create(name="cleanup", task="cleanup_runs", crontab=other.crontab)

    set_back(mine, CLEANUP_RUNS)

    other.refresh_from_db()
    assert cron_line(other) == "1 1 * * *"

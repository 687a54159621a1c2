"""Schedules: seeded once, edited by people, written as runs by one beat of many."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask

from jobs.catalog import CLEANUP_RUNS
from jobs.models.heartbeat import Heartbeat
from jobs.models.run import Run
from jobs.models.slot import Outcome, Slot
from jobs.models.state import State
from jobs.queue import enqueue
from project.celery import app
from tasks.schedule import AGAIN_AFTER, AT_ONCE, LEADER, STAND_IN, Scheduler
from tests.nodes.waiting import ended, wait_until
from tests.nodes.worker import celery, start
from tests.tasks.test_leader import TRY, another_session, can_be_taken, kill_this_connection

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MORNING = NIGHT + 3 * DAY + timedelta(hours=5)  # beat was down since the night, and missed three


@pytest.fixture
def scheduler(transactional_db: None) -> Iterator[Scheduler]:
    PeriodicTask.objects.all().delete()
    scheduler = Scheduler(app=app)
    yield scheduler
    scheduler.close()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NIGHT, tick=False) as clock:
        yield clock


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, ["missed", "missed", "late"]),  # greet says nothing, and the rule is the latest
        ({"missed": "skip"}, ["missed", "missed", "missed"]),
        ({"missed": "latest"}, ["missed", "missed", "late"]),
        ({"missed": "all"}, ["late", "late", "late"]),
        ({"missed": "all", "missed_at_most": 2}, ["missed", "late", "late"]),
    ],
    ids=str,
)
def test_three_nights_without_beat(
    scheduler: Scheduler, clock: time_machine.Traveller, headers: dict[str, object], expected: list[str]
) -> None:
    morning(headers=json.dumps(headers))
    clock.move_to(MORNING)

    scheduler.tick()

    kept = Slot.objects.all()
    assert [(each.planned_for, each.outcome) for each in kept] == [
        (NIGHT + number * DAY, outcome) for number, outcome in enumerate(expected, start=1)
    ]
    assert Run.objects.count() == expected.count("late")
    assert {each.run_id for each in kept if each.outcome == "late"} == {run.pk for run in Run.objects.all()}


def test_a_restart_makes_up_at_once_and_only_once(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    morning()
    clock.move_to(MORNING)

    for restarted in (Scheduler(app=app) for _ in range(3)):
        restarted.tick()
        restarted.close()
    clock.move_to(NIGHT + 4 * DAY)
    scheduler.tick()

    assert [each.outcome for each in Slot.objects.all()] == ["missed", "missed", "late", "ran"]


def test_headers_that_are_no_policy_leave_that_of_the_job(
    scheduler: Scheduler, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    morning(headers='{"missed": "sometimes"}')
    clock.move_to(MORNING)

    scheduler.tick()

    assert Run.objects.count() == 1
    assert "The headers of schedule morning are no policy" in caplog.text


def test_of_a_million_missed_slots_the_newest_are_written(
    scheduler: Scheduler, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = hourly(
        interval=every(1, "seconds"), last_run_at=NIGHT - 12 * DAY, headers='{"missed": "skip"}'
    )

    scheduler.tick()

    schedule.refresh_from_db()
    assert Slot.objects.count() == AT_ONCE
    assert schedule.last_run_at == NIGHT
    assert "Schedule hourly: slots before 2026-03-01T03:28:21+00:00 are passed over" in caplog.text


def test_a_slot_that_is_due_is_written_as_a_run(scheduler: Scheduler, clock: time_machine.Traveller) -> None:
    hourly(kwargs='{"name": "Ada", "times": 2}')
    clock.shift(timedelta(hours=1, seconds=20))

    scheduler.tick()

    run = Run.objects.get()
    slot = Slot.objects.get()
    assert (run.origin, run.schedule) == (Run.Origin.SCHEDULE, "hourly")
    assert run.parameters == {"name": "Ada", "times": 2}
    assert (slot.run, slot.planned_for, slot.outcome) == (run, NIGHT + timedelta(hours=1), Outcome.RAN)


def test_a_slot_is_written_once(scheduler: Scheduler, clock: time_machine.Traveller) -> None:
    hourly()
    clock.shift(timedelta(hours=1))

    for _ in range(3):
        scheduler.tick()

    assert Run.objects.count() == 1


def test_a_schedule_that_was_set_back_writes_no_slot_again(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    hourly()
    clock.shift(timedelta(hours=1))
    scheduler.tick()
    PeriodicTask.objects.update(last_run_at=NIGHT)

    scheduler.tick()

    assert (Run.objects.count(), Slot.objects.count()) == (1, 1)


def test_the_next_look_is_at_the_next_slot(scheduler: Scheduler, clock: time_machine.Traveller) -> None:
    hourly()

    waits = []
    for moment in (NIGHT, NIGHT + timedelta(minutes=59, seconds=57)):
        clock.move_to(moment)
        waits.append(scheduler.tick())

    assert waits == [scheduler.max_interval, 3]


def test_a_slot_of_a_job_that_is_active_is_skipped(
    scheduler: Scheduler, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    hourly(task="cleanup_runs", kwargs="{}")
    active = enqueue(CLEANUP_RUNS, {}, origin=Run.Origin.CODE, not_before=NIGHT + DAY)
    clock.shift(timedelta(hours=1))

    scheduler.tick()

    assert (Run.objects.get(), Slot.objects.get().outcome) == (active, Outcome.SKIPPED)
    assert f"cleanup_runs runs one at a time, and run {active.pk} is active" in caplog.text
    assert "ERROR" not in caplog.text


def test_the_schedule_of_a_job_that_is_gone_is_disabled_and_stays(
    scheduler: Scheduler, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    hourly(task="celery.backend_cleanup")
    clock.shift(timedelta(hours=1))

    scheduler.tick()

    schedule = PeriodicTask.objects.get()
    assert not schedule.enabled
    assert Slot.objects.get().outcome == Outcome.REFUSED
    assert "Schedule hourly is disabled: There is no job named 'celery.backend_cleanup'" in caplog.text


def test_a_new_job_may_be_seeded_before_an_old_beat_has_stopped(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    hourly(task="a_job_of_the_next_release")

    scheduler.tick()

    assert PeriodicTask.objects.get().enabled


def test_one_schedule_that_cannot_be_read_does_not_stop_the_others(
    scheduler: Scheduler, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    crontab = CrontabSchedule.objects.create(minute="61", hour="x")
    hourly(name="broken", interval=None, crontab=crontab)
    hourly()
    clock.shift(timedelta(hours=1))

    for _ in range(3):
        scheduler.tick()

    assert Run.objects.get().schedule == "hourly"
    assert caplog.text.count("Schedule broken is left out") == 1


def test_an_expired_schedule_is_disabled(scheduler: Scheduler, clock: time_machine.Traveller) -> None:
    hourly(expires=NIGHT + timedelta(minutes=90))
    clock.shift(timedelta(hours=2))

    scheduler.tick()

    assert (PeriodicTask.objects.get().enabled, Run.objects.count()) == (False, 0)


def test_a_moment_of_the_clock_is_run_and_does_not_come_again(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    clocked = ClockedSchedule.objects.create(clocked_time=NIGHT)
    once = hourly(interval=None, clocked=clocked, one_off=True, last_run_at=None)

    for _ in range(2):
        scheduler.tick()
        PeriodicTask.objects.filter(pk=once.pk).update(enabled=True)

    assert Run.objects.count() == 1


def test_a_schedule_that_was_edited_has_no_slots_before_the_edit(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    schedule = morning(headers='{"missed": "all"}')
    clock.shift(timedelta(hours=6))
    scheduler.tick()
    PeriodicTask.objects.filter(pk=schedule.pk).update(interval=every(1, "hours"), crontab=None)

    clock.shift(timedelta(hours=1))
    scheduler.tick()

    assert [each.planned_for for each in Slot.objects.all()] == [NIGHT + timedelta(hours=7)]


def test_a_schedule_that_was_enabled_again_has_missed_nothing(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    schedule = morning(enabled=False, headers='{"missed": "all"}')
    PeriodicTask.objects.update(date_changed=NIGHT - 9 * DAY)
    scheduler.tick()
    # As the action in the admin's list does, which changes no other column.
    PeriodicTask.objects.filter(pk=schedule.pk).update(enabled=True)

    scheduler.tick()
    clock.shift(DAY)
    scheduler.tick()

    assert [each.planned_for for each in Slot.objects.all()] == [NIGHT + DAY]


def test_a_tick_is_heard(scheduler: Scheduler) -> None:
    scheduler.tick()

    assert Heartbeat.objects.fresh("beat").exists()


def test_a_second_beat_keeps_nothing(scheduler: Scheduler, clock: time_machine.Traveller) -> None:
    Heartbeat.objects.beat("beat", LEADER)
    hourly()
    clock.shift(timedelta(hours=1))

    with another_session() as another:
        another.execute(TRY)
        wait = scheduler.tick()

    assert (Run.objects.count(), wait) == (0, AGAIN_AFTER)


def test_a_second_beat_stands_in_for_a_leader_that_is_silent(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    Heartbeat.objects.create(name=LEADER, kind="beat", seen_at=timezone.now() - 9000 * DAY)
    hourly()
    clock.shift(timedelta(hours=1))

    with another_session() as another:
        another.execute(TRY)
        for _ in range(2):
            scheduler.tick()

    assert Run.objects.count() == 1
    assert [each.name for each in Heartbeat.objects.fresh("beat")] == [STAND_IN]


def test_a_second_beat_takes_over_when_the_first_is_gone(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    Heartbeat.objects.beat("beat", LEADER)
    hourly()
    clock.shift(timedelta(hours=1))
    with another_session() as another:
        another.execute(TRY)
        scheduler.tick()

    scheduler.tick()

    assert Run.objects.count() == 1


def test_a_leader_whose_connection_was_killed_leads_again(
    scheduler: Scheduler, clock: time_machine.Traveller
) -> None:
    hourly()
    scheduler.tick()
    clock.shift(timedelta(hours=1))
    kill_this_connection()

    for _ in range(2):
        scheduler.tick()

    assert Run.objects.count() == 1
    assert not can_be_taken()


def test_a_database_that_is_away_does_not_end_beat(
    scheduler: Scheduler, clock: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    hourly()
    clock.shift(timedelta(hours=1))
    port = connection.settings_dict["PORT"]

    connection.close()
    connection.settings_dict["PORT"] = 1
    try:
        waits = [scheduler.tick() for _ in range(3)]
    finally:
        connection.settings_dict["PORT"] = port
        connection.close()
    scheduler.tick()

    assert waits == [AGAIN_AFTER] * 3
    assert caplog.text.count("The database cannot be reached") == 1
    assert "The database is back" in caplog.text
    assert Run.objects.count() == 1


@pytest.mark.usefixtures("worker")
def test_beat_needs_no_broker(environment: dict[str, str], nodes: Path) -> None:
    PeriodicTask.objects.all().delete()
    hourly(last_run_at=timezone.now() - timedelta(hours=1, seconds=5))
    away = {"BROKER_URL": "redis://127.0.0.1:1/0", "REPUBLISH_AFTER_SECONDS": "1"}
    beat = start("beat", nodes, {**environment, **away}, celery("beat", "--pidfile="))

    try:
        run = wait_until(lambda: Run.objects.first(), within=20, about="beat writes the run")
        run = ended(run.pk)
    finally:
        beat.stop()

    assert (run.state, run.origin, run.schedule) == (State.SUCCEEDED, Run.Origin.SCHEDULE, "hourly")


def morning(**more: Any) -> PeriodicTask:
    """Every night at 03:30 UTC; kept last in the night that the clock of the tests begins with."""
    crontab, _ = CrontabSchedule.objects.get_or_create(minute="30", hour="3", timezone="UTC")
    return scheduled(**{"name": "morning", "crontab": crontab, **more})


def hourly(**more: Any) -> PeriodicTask:
    return scheduled(**{"name": "hourly", "interval": every(1, "hours"), **more})


def every(number: int, period: str) -> IntervalSchedule:
    return IntervalSchedule.objects.get_or_create(every=number, period=period)[0]


def scheduled(**fields: Any) -> PeriodicTask:
    given = {"task": "greet", "kwargs": '{"name": "Ada"}', "last_run_at": NIGHT, **fields}
    return PeriodicTask.objects.create(**given)


def test_a_leader_that_stops_as_it_was_asked_to_says_so_and_where_it_was(scheduler: Scheduler) -> None:
    scheduler.tick()
    (leader,) = Heartbeat.objects.fresh("beat")

    scheduler.close()

    assert (leader.name, leader.pid) == (LEADER, os.getpid())
    assert Heartbeat.objects.get(name=LEADER).ended_at is not None


def test_one_that_does_not_lead_takes_no_leave_for_the_one_that_does(scheduler: Scheduler) -> None:
    Heartbeat.objects.beat("beat", LEADER)
    with another_session() as other:
        other.execute(TRY)
        scheduler.tick()

        scheduler.close()

    assert Heartbeat.objects.fresh("beat").filter(name=LEADER).exists()

"""A slot, its run and the schedule's progress: all or nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, IntervalSchedule, PeriodicTask

from jobs.catalog import CLEANUP_RUNS
from jobs.exceptions import OverlapRefused
from jobs.models.run import Origin, Run
from jobs.models.slot import Outcome, Slot
from jobs.queue import enqueue
from tasks.ledger import NotStarted, SlotTaken, disable, keep, make_up, run_now
from tasks.missed import Verdict

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
ON_TIME = Verdict(NIGHT, Outcome.RAN, "")


def test_a_slot_that_is_kept_has_a_run() -> None:
    schedule = morning("greet", {"name": "Ada"}, queue="bulk", priority=2)

    keep(schedule, ON_TIME)

    run = Run.objects.get()
    assert (run.origin, run.schedule, run.queue, run.priority) == (Origin.SCHEDULE, "morning", "bulk", 2)
    assert (run.job, run.parameters) == ("greet", {"name": "Ada", "times": 1})
    slot = Slot.objects.get()
    assert (slot.run, slot.planned_for, slot.outcome, slot.reason) == (run, NIGHT, Outcome.RAN, "")


def test_the_schedule_moves_on_with_its_slot() -> None:
    schedule = morning("greet", {"name": "Ada"})

    keep(schedule, ON_TIME)

    assert schedule.last_run_at == NIGHT
    schedule.refresh_from_db()
    assert (schedule.last_run_at, schedule.total_run_count) == (NIGHT, 1)


def test_a_slot_that_was_kept_before_has_no_second_run() -> None:
    schedule = morning("greet", {"name": "Ada"})
    keep(schedule, ON_TIME)
    PeriodicTask.objects.update(last_run_at=NIGHT - timedelta(days=1))

    again = keep(schedule, ON_TIME)

    schedule.refresh_from_db()
    assert again is None
    assert (Run.objects.count(), schedule.last_run_at, schedule.total_run_count) == (1, NIGHT, 1)


def test_a_schedule_never_moves_back() -> None:
    schedule = morning("greet", {"name": "Ada"}, last_run_at=NIGHT + timedelta(days=1))

    keep(schedule, ON_TIME)

    schedule.refresh_from_db()
    assert schedule.last_run_at == NIGHT + timedelta(days=1)


def test_a_missed_slot_is_written_without_a_run() -> None:
    schedule = morning("greet", {"name": "Ada"})

    keep(schedule, Verdict(NIGHT, Outcome.MISSED, "Nobody was there"))

    schedule.refresh_from_db()
    assert (Run.objects.count(), schedule.last_run_at, schedule.total_run_count) == (0, NIGHT, 0)
    assert Slot.objects.get().reason == "Nobody was there"


def test_a_slot_of_a_job_that_is_active_is_skipped_and_says_why() -> None:
    later = timezone.now() + timedelta(hours=1)
    active = enqueue(CLEANUP_RUNS, {}, origin=Origin.CODE, not_before=later)

    keep(morning("cleanup_runs"), ON_TIME)

    slot = Slot.objects.get()
    assert (Run.objects.get(), slot.run, slot.outcome) == (active, None, Outcome.SKIPPED)
    assert f"run {active.pk} is active" in slot.reason


@pytest.mark.parametrize(
    ("job", "more", "reason"),
    [
        ("greet", {"kwargs": '{"nme": "Ada"}'}, "'nme' is no parameter of greet; did you mean 'name'?"),
        ("greet", {"kwargs": "{}"}, "greet needs 'name'"),
        ("greet", {"kwargs": "no JSON"}, "Its kwargs are no JSON: no JSON"),
        ("greet", {"args": '{"name": "Ada"}'}, "Its args are no JSON list"),
        ("greet", {"args": '["a", "b", "c", "d"]'}, "greet takes"),
        ("gret", {}, "There is no job named 'gret'; did you mean 'greet'?"),
        ("greet", {"kwargs": '{"name": "Ada"}', "queue": "x" * 100}, "too long"),
    ],
)
def test_a_slot_no_run_can_be_made_of_is_refused_and_says_why(
    job: str, more: dict[str, str], reason: str
) -> None:
    schedule = morning(job, None, **more)

    keep(schedule, ON_TIME)

    slot = Slot.objects.get()
    schedule.refresh_from_db()
    assert (Run.objects.count(), slot.outcome, schedule.last_run_at) == (0, Outcome.REFUSED, NIGHT)
    assert reason in slot.reason


def test_arguments_may_be_given_by_position() -> None:
    keep(morning("greet", None, args='["Ada"]'), ON_TIME)

    assert Run.objects.get().parameters["name"] == "Ada"


def test_a_one_off_is_disabled_after_its_run() -> None:
    schedule = morning("greet", {"name": "Ada"}, one_off=True)

    keep(schedule, ON_TIME)

    assert not schedule.enabled
    schedule.refresh_from_db()
    assert (schedule.enabled, schedule.last_run_at) == (False, None)


def test_a_one_off_whose_slot_was_missed_waits_for_the_next() -> None:
    schedule = morning("greet", {"name": "Ada"}, one_off=True)

    keep(schedule, Verdict(NIGHT, Outcome.MISSED, ""))

    schedule.refresh_from_db()
    assert schedule.enabled


def test_a_moment_of_the_clock_does_not_come_again() -> None:
    clocked = ClockedSchedule.objects.create(clocked_time=NIGHT)
    schedule = morning("greet", {"name": "Ada"}, one_off=True, clocked=clocked, interval=None)

    keep(schedule, Verdict(NIGHT, Outcome.MISSED, ""))

    schedule.refresh_from_db()
    assert not schedule.enabled


def test_a_disabled_schedule_stays_in_the_table(caplog: pytest.LogCaptureFixture) -> None:
    schedule = morning("gret", last_run_at=NIGHT)

    disable(schedule, "There is no job named 'gret'")

    schedule.refresh_from_db()
    assert (schedule.enabled, schedule.last_run_at) == (False, None)
    assert "Schedule morning is disabled: There is no job named 'gret'" in caplog.text


def morning(job: str, parameters: dict[str, object] | None = None, **more: object) -> PeriodicTask:
    interval, _ = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.DAYS)
    given = {"interval": interval, "kwargs": json.dumps(parameters or {}), **more}
    return PeriodicTask.objects.create(name="morning", task=job, **given)


def test_a_run_out_of_turn_is_as_the_slots_have_them_and_is_none_of_them() -> None:
    ada = User.objects.create_user("ada")

    run = run_now(morning("greet", {"name": "Ada"}, queue="bulk", priority=2), ada)

    assert (run.queue, run.priority, run.schedule, run.started_by) == ("bulk", 2, "morning", ada)
    assert (run.origin, Slot.objects.count()) == (Origin.CONSOLE, 0)


def test_a_row_that_no_run_can_be_made_of_is_said() -> None:
    with pytest.raises(NotStarted, match="No run can be made of morning: Its kwargs are no JSON: no JSON"):
        run_now(morning("greet", None, kwargs="no JSON"), User.objects.create_user("ada"))


def test_a_risky_job_is_confirmed_on_its_own_page() -> None:
    schedule = morning("cleanup_old_data")

    with pytest.raises(NotStarted, match="cleanup_old_data has to be confirmed; start it from its own page"):
        run_now(schedule, User.objects.create_superuser("ada"))

    keep(schedule, ON_TIME)
    assert Run.objects.get().schedule == "morning"


def test_a_missed_slot_gets_its_run_late() -> None:
    schedule = morning("greet", {"name": "Ada"})
    slot = keep(schedule, Verdict(NIGHT, Outcome.MISSED, "Nobody was there"))
    assert slot

    run = make_up(slot, schedule, User.objects.create_user("ada"))

    slot.refresh_from_db()
    assert (slot.run, slot.outcome, slot.reason.startswith("Made up for ")) == (run, Outcome.LATE, True)
    assert slot.reason.endswith(" later, by ada")


def test_a_slot_whose_job_is_active_is_left_as_it_was() -> None:
    enqueue(CLEANUP_RUNS, {}, origin=Origin.CODE)
    schedule = morning("cleanup_runs")
    slot = keep(schedule, Verdict(NIGHT, Outcome.MISSED, "Nobody was there"))
    assert slot

    with pytest.raises(OverlapRefused):
        make_up(slot, schedule, User.objects.create_user("ada"))

    slot.refresh_from_db()
    assert (slot.outcome, slot.reason) == (Outcome.MISSED, "Nobody was there")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_up_for_a_slot_at_once_one_starts_a_run() -> None:
    schedule = morning("greet", {"name": "Ada"})
    slot = keep(schedule, Verdict(NIGHT, Outcome.MISSED, ""))
    assert slot
    ada, both = User.objects.create_user("ada"), Barrier(2)

    def press(_: int) -> str:
        try:
            # Each has looked before either writes.
            seen = Slot.objects.get(pk=slot.pk)
            both.wait(timeout=10)
            return str(make_up(seen, schedule, ada).pk)
        except SlotTaken:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        answers = sorted(people.map(press, range(2)))

    assert answers == sorted(["taken", str(Run.objects.get().pk)])

"""Schedules switched, deleted, reset, and run out of turn."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs.models import AuditLog, Run
from jobs.models.run import Origin
from jobs.models.slot import Outcome, Slot
from tasks.seeding import seed
from tasks.slots import slots
from tests.console.conftest import page, signed_in
from tests.console.makings import NIGHT, as_seen
from tests.tasks.scheduled import by_cron

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_schedules")]


def test_what_is_only_in_the_catalog_is_added(as_operator: Client) -> None:
    assert "In the catalog, and not scheduled" in page(as_operator, "/schedules/")

    as_operator.post("/schedules/addition/cleanup_runs/")

    added = PeriodicTask.objects.get()
    assert (added.name, added.task, str(added.crontab.hour), added.enabled) == (
        "cleanup_runs",
        "cleanup_runs",
        "3",
        True,
    )
    assert AuditLog.objects.get().action == "added schedule"


def test_a_job_that_the_catalog_does_not_schedule_cannot_be_added(as_operator: Client) -> None:
    answer = as_operator.post("/schedules/addition/greet/", follow=True)

    assert "The catalog has no schedule for greet" in answer.content.decode()
    assert not PeriodicTask.objects.exists()


def test_what_somebody_else_has_just_added_is_there_once(as_operator: Client) -> None:
    for _ in range(2):
        answer = as_operator.post("/schedules/addition/cleanup_runs/", follow=True)

    assert "cleanup_runs has its schedule already" in answer.content.decode()
    assert (PeriodicTask.objects.count(), AuditLog.objects.count()) == (1, 1)


def test_it_is_switched_off_and_on_and_goes_on_from_there(
    as_operator: Client, schedule: PeriodicTask
) -> None:
    PeriodicTask.objects.update(last_run_at=NIGHT)

    as_operator.post(f"/schedules/{schedule.pk}/switch/", {"enabled": "0"})
    assert not PeriodicTask.objects.get().enabled
    assert "switched off" in page(as_operator, f"/schedules/{schedule.pk}/")
    as_operator.post(f"/schedules/{schedule.pk}/switch/", {"enabled": "1"})

    after = PeriodicTask.objects.get()
    assert (after.enabled, after.last_run_at) == (True, None)
    assert list(slots(after, NIGHT, timezone.now())) == []


def test_a_row_that_its_own_model_refuses_is_said(as_operator: Client, schedule: PeriodicTask) -> None:
    PeriodicTask.objects.update(expires=timezone.now() + timedelta(days=9), expire_seconds=60)

    switched = as_operator.post(f"/schedules/{schedule.pk}/switch/", {"enabled": "0"}, follow=True)

    assert "morning cannot be saved as it is" in switched.content.decode()
    assert PeriodicTask.objects.get().enabled


def test_it_is_deleted_and_its_slots_are_kept(as_operator: Client, schedule: PeriodicTask) -> None:
    Slot.objects.take("morning", NIGHT, Outcome.RAN)

    as_operator.post(f"/schedules/{schedule.pk}/deletion/")

    assert not PeriodicTask.objects.exists()
    assert Slot.objects.exists()
    assert AuditLog.objects.get().details["before"]["parameters"] == {"name": "Ada"}


def test_it_is_run_out_of_turn(as_operator: Client, operator: User, schedule: PeriodicTask) -> None:
    PeriodicTask.objects.update(queue="bulk", priority=2)

    answer = as_operator.post(f"/schedules/{schedule.pk}/runs/")

    run = Run.objects.get()
    assert answer["Location"] == f"/runs/{run.pk}/"
    assert (run.job, run.parameters["name"], run.queue, run.priority) == ("greet", "Ada", "bulk", 2)
    assert (run.origin, run.schedule, run.started_by) == (Origin.CONSOLE, "morning", operator)
    assert not Slot.objects.exists()
    assert AuditLog.objects.get().action == "ran schedule"


@pytest.mark.parametrize("outcome", [Outcome.MISSED, Outcome.SKIPPED, Outcome.REFUSED])
def test_a_slot_without_a_run_is_run_once(
    as_operator: Client, schedule: PeriodicTask, outcome: Outcome
) -> None:
    slot = Slot.objects.create(schedule="morning", planned_for=NIGHT, outcome=outcome)
    assert "Run it now" in page(as_operator, f"/schedules/{schedule.pk}/")

    as_operator.post(f"/schedules/{schedule.pk}/slots/{slot.pk}/run/")
    again = as_operator.post(f"/schedules/{schedule.pk}/slots/{slot.pk}/run/", follow=True)

    run = Run.objects.get()
    slot.refresh_from_db()
    assert (slot.run, slot.outcome) == (run, Outcome.LATE)
    assert "by operator" in slot.reason
    assert "has a run already" in again.content.decode()
    assert AuditLog.objects.get().details["before"]["outcome"] == outcome


def test_a_slot_whose_run_was_cleaned_up_is_not_run_again(
    as_operator: Client, schedule: PeriodicTask
) -> None:
    slot = Slot.objects.create(schedule="morning", planned_for=NIGHT, outcome=Outcome.RAN)

    as_operator.post(f"/schedules/{schedule.pk}/slots/{slot.pk}/run/")

    assert not Run.objects.exists()
    assert "Run it now" not in page(as_operator, f"/schedules/{schedule.pk}/")


def test_a_slot_that_cannot_be_run_stays_as_it_was(as_operator: Client, schedule: PeriodicTask) -> None:
    PeriodicTask.objects.update(kwargs="{}")
    slot = Slot.objects.create(schedule="morning", planned_for=NIGHT, outcome=Outcome.MISSED, reason="Nobody")

    answer = as_operator.post(f"/schedules/{schedule.pk}/slots/{slot.pk}/run/", follow=True)

    slot.refresh_from_db()
    assert "greet needs &#x27;name&#x27;" in answer.content.decode()
    assert (slot.outcome, slot.reason, slot.run_id) == (Outcome.MISSED, "Nobody", None)


def test_a_slot_of_another_schedule_is_not_found(as_operator: Client, schedule: PeriodicTask) -> None:
    slot = Slot.objects.create(schedule="evening", planned_for=NIGHT, outcome=Outcome.MISSED)

    assert as_operator.post(f"/schedules/{schedule.pk}/slots/{slot.pk}/run/").status_code == 404


def test_an_edited_one_of_the_catalog_is_reset(as_operator: Client) -> None:
    seed()
    schedule = PeriodicTask.objects.get(name="cleanup_runs")
    crontab = by_cron("1 1 * * *", zone="Asia/Kolkata").crontab
    PeriodicTask.objects.filter(pk=schedule.pk).update(
        crontab=crontab, kwargs='{"failed_days": 1}', enabled=False
    )
    text = page(as_operator, f"/schedules/{schedule.pk}/")
    for sentence in (
        "Catalog says 30 3 * * *",
        "Catalog says zone UTC",
        "Catalog says parameters {}",
        "says enabled",
    ):
        assert sentence in text

    as_operator.post(f"/schedules/{schedule.pk}/reset/", as_seen(schedule))

    assert "Reset to the catalog" not in page(as_operator, f"/schedules/{schedule.pk}/")
    assert AuditLog.objects.get().details["before"]["parameters"] == {"failed_days": 1}


def test_a_reset_of_what_somebody_has_just_edited_is_refused(as_operator: Client) -> None:
    seed()
    schedule = PeriodicTask.objects.get(name="cleanup_runs")
    seen = as_seen(schedule)
    schedule.kwargs = '{"failed_days": 1}'
    schedule.save()

    answer = as_operator.post(f"/schedules/{schedule.pk}/reset/", seen, follow=True)

    assert "Somebody has changed cleanup_runs" in answer.content.decode()
    assert json.loads(PeriodicTask.objects.get(pk=schedule.pk).kwargs) == {"failed_days": 1}


def test_a_schedule_of_peoples_own_has_nothing_to_be_reset_to(
    as_operator: Client, schedule: PeriodicTask
) -> None:
    answer = as_operator.post(f"/schedules/{schedule.pk}/reset/", as_seen(schedule))

    assert answer.status_code == 404
    assert PeriodicTask.objects.get().date_changed == schedule.date_changed


def test_who_may_run_another_job_only_runs_no_schedule_of_this(schedule: PeriodicTask) -> None:
    user = User.objects.create_user("some", password="pass")
    kind = ContentType.objects.get_for_model(Run)
    permission, _ = Permission.objects.get_or_create(codename="run_nightly", content_type=kind)
    user.user_permissions.add(permission)
    slot = Slot.objects.create(schedule="morning", planned_for=NIGHT, outcome=Outcome.MISSED)

    for path in ("runs/", f"slots/{slot.pk}/run/"):
        assert signed_in(user).post(f"/schedules/{schedule.pk}/{path}").status_code == 403
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        *("creation/", "addition/greet/", "9/revision/", "9/switch/"),
        *("9/reset/", "9/deletion/", "9/runs/", "9/slots/9/run/"),
    ],
)
def test_a_reader_changes_nothing(as_reader: Client, path: str) -> None:
    assert as_reader.post(f"/schedules/{path}").status_code == 403
    assert as_reader.get(f"/schedules/{path}").status_code == 405

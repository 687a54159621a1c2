"""Schedules made, edited and copied by the form."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask, PeriodicTasks

from jobs.models import AuditLog
from tasks.slots import slots
from tests.console.conftest import page
from tests.console.makings import NIGHT, a_form
from tests.tasks.scheduled import by_cron

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_schedules")]


def test_an_edit_is_saved_as_beat_reads_it(as_operator: Client, schedule: PeriodicTask) -> None:
    sent = a_form(schedule, **{"when-line": "15 4 * * 7", "when-zone": "Asia/Kolkata", "name": "Eve"})

    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", sent)

    assert answer.status_code == 302
    saved = PeriodicTask.objects.get(pk=schedule.pk)
    now = timezone.now()
    first = next(slots(saved, now, now + timedelta(days=9))).astimezone(ZoneInfo("Asia/Kolkata"))
    assert f"{first:%A %H:%M}" == "Sunday 04:15"
    assert json.loads(saved.kwargs) == {"name": "Eve"}
    assert saved.schedule.day_of_week == {0}  # the stock scheduler's reading


def test_an_edit_leaves_alone_whoever_had_the_same_time(as_operator: Client, schedule: PeriodicTask) -> None:
    other = PeriodicTask.objects.create(name="other", task="greet", crontab=schedule.crontab)

    as_operator.post(f"/schedules/{schedule.pk}/revision/", a_form(schedule, **{"when-minute": "31"}))

    other.refresh_from_db()
    schedule.refresh_from_db()
    assert (other.crontab.minute, schedule.crontab.minute) == ("30", "31")


def test_an_edit_tells_the_stock_scheduler(as_operator: Client, schedule: PeriodicTask) -> None:
    PeriodicTasks.objects.update(last_update=NIGHT)

    as_operator.post(f"/schedules/{schedule.pk}/revision/", a_form(schedule))

    assert PeriodicTasks.last_change() > NIGHT


def test_an_edit_is_in_the_audit_before_and_after(as_operator: Client, schedule: PeriodicTask) -> None:
    as_operator.post(f"/schedules/{schedule.pk}/revision/", a_form(schedule, **{"when-minute": "31"}))

    entry = AuditLog.objects.get()
    assert (entry.action, entry.target) == ("edited schedule", "morning")
    assert entry.details["before"]["when"] == "30 3 * * * (Europe/Berlin)"
    assert entry.details["after"]["when"] == "31 3 * * * (Europe/Berlin)"


def test_the_second_of_two_editors_is_told(as_operator: Client, schedule: PeriodicTask) -> None:
    first, second = a_form(schedule, **{"when-minute": "1"}), a_form(schedule, **{"when-minute": "2"})
    as_operator.post(f"/schedules/{schedule.pk}/revision/", first)

    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", second)

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Somebody has changed morning" in text
    assert 'value="2"' in text  # what was typed is not lost
    assert PeriodicTask.objects.get().crontab.minute == "1"


def test_what_beat_writes_is_no_edit(as_operator: Client, schedule: PeriodicTask) -> None:
    PeriodicTask.objects.update(last_run_at=timezone.now(), total_run_count=7)

    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", a_form(schedule))

    assert answer.status_code == 302
    assert PeriodicTask.objects.get().total_run_count == 7


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"when-minute": "61"}, "&#x27;61&#x27; is no minute"),
        ({"when-day_of_week": ""}, "Say which day of the week"),
        ({"when-zone": "Europe/Berlni"}, "did you mean &#x27;Europe/Berlin&#x27;"),
        ({"when-line": "1 2 3"}, "A cron line has five fields"),
        ({"when-line": "1 3 * * *", "when-minute": "2"}, "say different times"),
        ({"when-line": "0 0 31 2 *"}, "Nothing is due in the next nine years"),
        ({"when-minute": "1," * 200}, "at most 240 characters"),
        ({"times": "0"}, "greater than or equal to 1"),
        ({"tmes": "3"}, "did you mean &#x27;times&#x27;"),
        ({"name": ""}, "greet"),
        ({"schedule-missed": "never"}, "Select a valid choice"),
        ({"schedule-late_for": "soon"}, "is no length of time"),
        ({"schedule-late_for": "0"}, "is no length of time"),
        ({"schedule-late_for": "999999999999d"}, "is no length of time"),
        ({"schedule-priority": "11"}, "Select a valid choice"),
        ({"schedule-queue": "nowhere"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(
    as_operator: Client, schedule: PeriodicTask, changes: dict[str, str], sentence: str
) -> None:
    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", a_form(schedule, **changes))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert PeriodicTask.objects.get().date_changed == schedule.date_changed
    assert not AuditLog.objects.exists()


def test_the_policy_stands_in_the_headers(as_operator: Client, schedule: PeriodicTask) -> None:
    PeriodicTask.objects.update(headers='{"mine": 1}')
    sent = a_form(
        schedule, **{"schedule-missed": "all", "schedule-missed_at_most": "48", "schedule-late_for": "2h"}
    )

    as_operator.post(f"/schedules/{schedule.pk}/revision/", sent)

    saved = PeriodicTask.objects.get()
    assert json.loads(saved.headers) == {"mine": 1, "missed": "all", "missed_at_most": 48}
    assert saved.expire_seconds == 7200


def test_what_the_form_shows_is_what_is_saved_again(as_operator: Client) -> None:
    crontab = by_cron("*/5 1-5 * jan mon-fri", zone="Australia/Lord_Howe").crontab
    PeriodicTask.objects.all().delete()
    made = PeriodicTask.objects.create(
        name="all", task="cleanup_old_data", crontab=crontab, description="Why", queue="default", priority=0,
        kwargs='{"days": 5, "throttle": "PT2S", "dry_run": true}', headers='{"missed": "skip"}', one_off=True,
        expire_seconds=90,
    )  # fmt: skip
    shown = as_operator.get(f"/schedules/{made.pk}/").context["editor"]
    sent = {"form-seen": shown.seen}
    for part in (shown.timing, shown.options, shown.arguments):
        for field in part:
            if field.value() is not None and field.value() is not False:
                sent[field.html_name] = "on" if field.value() is True else str(field.value())

    answer = as_operator.post(f"/schedules/{made.pk}/revision/", sent)

    assert answer.status_code == 302
    after, names = PeriodicTask.objects.get(), [field.attname for field in PeriodicTask._meta.fields]
    unlike = {name for name in names if getattr(after, name) != getattr(made, name)} - {
        "date_changed",
        "headers",
    }
    assert unlike == set()
    assert json.loads(after.headers)["missed"] == "skip"


def test_defaults_are_not_written_down(as_operator: Client, schedule: PeriodicTask) -> None:
    as_operator.post(f"/schedules/{schedule.pk}/revision/", a_form(schedule, times="1"))

    assert json.loads(PeriodicTask.objects.get().kwargs) == {"name": "Ada"}


def test_a_secret_is_never_shown_and_stays_where_it_is_not_typed_anew(as_operator: Client) -> None:
    from_form = {
        "form-job": "sync_products",
        "url": "https://example.org/",
        "credentials": "hush",
        "most_pages": "5",
    }
    kept = {name: text for name, text in a_form(**{"schedule-name": "sync"}).items() if "-" in name}
    as_operator.post("/schedules/creation/", {**kept, **from_form, "most_bytes": "10000000"})
    made = PeriodicTask.objects.get()
    sealed = json.loads(made.kwargs)["credentials"]

    sent = {
        **kept,
        "form-seen": made.date_changed.isoformat(),
        "url": "https://example.org/",
        "most_pages": "6",
    }
    as_operator.post(f"/schedules/{made.pk}/revision/", {**sent, "most_bytes": "10000000"})

    saved = json.loads(PeriodicTask.objects.get().kwargs)
    assert (set(sealed), saved["most_pages"], set(saved["credentials"])) == ({"$secret"}, 6, {"$secret"})
    text = page(as_operator, f"/schedules/{made.pk}/")
    assert "hush" not in text
    assert "$secret" not in text
    assert "gAAAA" not in text + json.dumps(list(AuditLog.objects.values_list("details", flat=True)))


def test_a_new_schedule_is_made_for_a_job(as_operator: Client) -> None:
    assert "New schedule of greet" in page(as_operator, "/schedules/new/?job=greet")

    as_operator.post("/schedules/creation/", a_form(**{"schedule-name": "evening"}))

    made = PeriodicTask.objects.get()
    assert (made.name, made.task, made.enabled, made.crontab.minute) == ("evening", "greet", True, "30")
    assert AuditLog.objects.get().action == "made schedule"


def test_a_name_is_taken_once(as_operator: Client, schedule: PeriodicTask) -> None:
    answer = as_operator.post("/schedules/creation/", a_form(**{"schedule-name": "morning"}))

    assert answer.status_code == 422
    assert "choose another name" in answer.content.decode()


def test_the_jobs_to_choose_of_are_listed(as_operator: Client) -> None:
    assert "/schedules/new/?job=greet" in page(as_operator, "/schedules/new/")


@pytest.mark.parametrize("query", ["job=gret", "job=", "copy=99999", "copy=x", "copy=²"])
def test_what_there_is_not_cannot_be_scheduled(as_operator: Client, query: str) -> None:
    assert as_operator.get(f"/schedules/new/?{query}").status_code == 404


def test_a_duplicate_begins_with_all_that_the_first_says(as_operator: Client, schedule: PeriodicTask) -> None:
    text = page(as_operator, f"/schedules/new/?copy={schedule.pk}")
    assert 'value="morning copy"' in text
    assert 'value="Ada"' in text

    as_operator.post(
        "/schedules/creation/", a_form(**{"schedule-name": "morning copy", "form-copy": str(schedule.pk)})
    )

    assert PeriodicTask.objects.get(name="morning copy").crontab == schedule.crontab
    assert 'value="morning copy 2"' in page(as_operator, f"/schedules/new/?copy={schedule.pk}")


def test_a_duplicate_has_no_end_that_its_form_does_not_show(
    as_operator: Client, schedule: PeriodicTask
) -> None:
    PeriodicTask.objects.update(expires=timezone.now() + timedelta(days=2))
    sent = a_form(**{"schedule-name": "copy", "schedule-late_for": "2h", "form-copy": str(schedule.pk)})

    shown = as_operator.get(f"/schedules/new/?copy={schedule.pk}").context["outlook"]
    as_operator.post("/schedules/creation/", sent)

    copy = PeriodicTask.objects.get(name="copy")
    assert (len(shown.times), copy.expires, copy.expire_seconds) == (5, None, 7200)


def test_a_job_that_needs_a_file_cannot_be_scheduled_here(as_operator: Client) -> None:
    text = page(as_operator, "/schedules/new/?job=import_products")

    assert "needs a file (path)" in text
    assert "Schedule it" not in text


def test_a_path_is_neither_set_nor_lost_by_an_edit(as_operator: Client) -> None:
    made = by_cron("0 1 * * *", task="process_file", kwargs={"path": "/srv/drop/orders.csv"})
    sent = {name: text for name, text in a_form(made).items() if "-" in name} | {"workers": "2", "begin": "0"}

    refused = as_operator.post(f"/schedules/{made.pk}/revision/", {**sent, "path": "/etc/passwd"})
    saved = as_operator.post(f"/schedules/{made.pk}/revision/", sent)

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert json.loads(PeriodicTask.objects.get().kwargs) == {"path": "/srv/drop/orders.csv", "workers": 2}
    assert "/srv/drop/orders.csv" in page(as_operator, f"/schedules/{made.pk}/")


def test_a_secret_of_another_key_is_asked_for_again(as_operator: Client) -> None:
    secret = {"$secret": "gAAAAA"}
    made = by_cron(
        "0 1 * * *", task="sync_products", kwargs={"url": "https://example.org/", "credentials": secret}
    )
    sent = {name: text for name, text in a_form(made).items() if "-" in name} | {
        "url": "https://example.org/"
    }
    sent |= {"most_pages": "5", "most_bytes": "9999"}

    refused = as_operator.post(f"/schedules/{made.pk}/revision/", sent)
    saved = as_operator.post(f"/schedules/{made.pk}/revision/", {**sent, "credentials": "new"})

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert "A secret parameter cannot be read" in refused.content.decode()

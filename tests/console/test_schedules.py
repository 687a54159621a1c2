"""The pages of schedules, as people see and change them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from console.live.kinds import KINDS
from console.schedule_rows import schedules_of
from jobs.catalog import GREET
from jobs.models import AuditLog, Run
from jobs.models.run import Origin
from jobs.models.slot import Outcome, Slot
from jobs.models.state import State
from tasks.seeding import seed
from tasks.slots import slots
from tests.console.conftest import MakeRun, signed_in
from tests.tasks.scheduled import by_cron

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_schedules(db: None) -> None:
    PeriodicTask.objects.all().delete()


@pytest.fixture
def schedule() -> PeriodicTask:
    made = by_cron("30 3 * * *", zone="Europe/Berlin", task="greet", kwargs={"name": "Ada"})
    return PeriodicTask.objects.get(pk=made.pk)


def form(schedule: PeriodicTask | None = None, **changes: str) -> dict[str, str]:
    """What the browser sends for a greeting at 3:30 in Berlin, as it was rendered, with these changes."""
    line = {"when-line": "30 3 * * *", "when-line_was": "30 3 * * *", "when-zone": "Europe/Berlin"}
    five = {"minute": "30", "hour": "3", "day_of_month": "*", "month_of_year": "*", "day_of_week": "*"}
    own = {"name": "Ada", "times": "1", "schedule-description": ""}
    seen = {"form-seen": schedule.date_changed.isoformat()} if schedule else {"form-job": "greet"}
    return {**line, **{f"when-{name}": text for name, text in five.items()}, **own, **seen} | changes


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_when_in_words_and_zone(as_reader: Client, schedule: PeriodicTask) -> None:
    text = page(as_reader, "/schedules/")

    for part in ("morning", "At 03:30", "30 3 * * *", "Europe/Berlin", "greet", "No slot yet"):
        assert part in text


def test_the_list_shows_what_became_of_the_slots(
    as_reader: Client, schedule: PeriodicTask, make_run: MakeRun
) -> None:
    run = make_run(State.FAILED, job="greet")
    Slot.objects.create(
        schedule="morning", planned_for=NIGHT, outcome=Outcome.MISSED, reason="Nobody was there"
    )
    Slot.objects.create(
        schedule="morning", planned_for=NIGHT + timedelta(days=1), outcome=Outcome.RAN, run=run
    )

    text = page(as_reader, "/schedules/")

    assert "Of the last 2: 1 ran, 1 missed" in text
    assert 'title="Fri 20 Nov, 04:30 CET: Missed. Nobody was there"' in text
    assert f'href="/runs/{run.pk}/" title="Sat 21 Nov, 04:30 CET: Ran"' in text
    assert "Failed" in text


def test_the_list_costs_the_same_however_many_there_are(
    as_operator: Client, make_run: MakeRun, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        name = f"number {number}"
        by_cron("30 3 * * *", name=name, task="greet")
        Slot.objects.create(schedule=name, planned_for=NIGHT, outcome=Outcome.RAN, run=make_run(job="greet"))

    with django_assert_max_num_queries(10):
        page(as_operator, "/schedules/")


def test_an_empty_list_teaches_the_first_step(as_operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing is scheduled yet" in page(as_operator, "/schedules/")


def test_without_a_beat_the_list_says_so(as_reader: Client) -> None:
    assert "No beat was heard from" in page(as_reader, "/schedules/")


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
    with pytest.raises(Exception, match="no schedule for greet"):
        as_operator.post("/schedules/addition/greet/")


def test_an_edit_is_saved_as_beat_reads_it(as_operator: Client, schedule: PeriodicTask) -> None:
    sent = form(schedule, **{"when-line": "15 4 * * 7", "when-zone": "Asia/Kolkata", "name": "Eve"})

    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", sent)

    assert answer.status_code == 302
    saved = PeriodicTask.objects.get(pk=schedule.pk)
    monday = datetime(2040, 1, 2, tzinfo=UTC)  # later than the edit, before which it has no slot
    assert next(slots(saved, monday, monday + timedelta(days=9))) == datetime(2040, 1, 7, 22, 45, tzinfo=UTC)
    assert json.loads(saved.kwargs) == {"name": "Eve"}
    assert saved.schedule.day_of_week == {0}  # the stock scheduler's reading


def test_an_edit_leaves_alone_whoever_had_the_same_time(as_operator: Client, schedule: PeriodicTask) -> None:
    other = PeriodicTask.objects.create(name="other", task="greet", crontab=schedule.crontab)

    as_operator.post(f"/schedules/{schedule.pk}/revision/", form(schedule, **{"when-minute": "31"}))

    other.refresh_from_db()
    schedule.refresh_from_db()
    assert (other.crontab.minute, schedule.crontab.minute) == ("30", "31")


def test_an_edit_tells_the_stock_scheduler(as_operator: Client, schedule: PeriodicTask) -> None:
    PeriodicTasks.objects.update(last_update=NIGHT)

    as_operator.post(f"/schedules/{schedule.pk}/revision/", form(schedule))

    assert PeriodicTasks.last_change() > NIGHT


def test_an_edit_is_in_the_audit_before_and_after(as_operator: Client, schedule: PeriodicTask) -> None:
    as_operator.post(f"/schedules/{schedule.pk}/revision/", form(schedule, **{"when-minute": "31"}))

    entry = AuditLog.objects.get()
    assert (entry.action, entry.target) == ("edited schedule", "morning")
    assert entry.details["before"]["when"] == "30 3 * * * (Europe/Berlin)"
    assert entry.details["after"]["when"] == "31 3 * * * (Europe/Berlin)"


def test_the_second_of_two_editors_is_told(as_operator: Client, schedule: PeriodicTask) -> None:
    first, second = form(schedule, **{"when-minute": "1"}), form(schedule, **{"when-minute": "2"})
    as_operator.post(f"/schedules/{schedule.pk}/revision/", first)

    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", second)

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Somebody has changed morning" in text
    assert 'value="2"' in text  # what was typed is not lost
    assert PeriodicTask.objects.get().crontab.minute == "1"


def test_what_beat_writes_is_no_edit(as_operator: Client, schedule: PeriodicTask) -> None:
    PeriodicTask.objects.update(last_run_at=timezone.now(), total_run_count=7)

    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", form(schedule))

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
    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", form(schedule, **changes))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert PeriodicTask.objects.get().date_changed == schedule.date_changed
    assert not AuditLog.objects.exists()


def test_check_shows_the_times_and_saves_nothing(as_operator: Client, schedule: PeriodicTask) -> None:
    sent = form(schedule, **{"when-line": "0 0 1 1 *", "form-check": "1"})

    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", sent)

    assert answer.status_code == 200
    assert "1 January" in answer.content.decode() or "1 Jan 2" in answer.content.decode()
    assert 'name="when-month_of_year" value="1"' in answer.content.decode()
    assert PeriodicTask.objects.get().date_changed == schedule.date_changed


def test_the_line_and_the_fields_agree_after_a_check_too(as_operator: Client, schedule: PeriodicTask) -> None:
    checked = form(schedule, **{"when-line": "0 5 * * *", "form-check": "1"})
    text = as_operator.post(f"/schedules/{schedule.pk}/revision/", checked).content.decode()
    shown = dict(re.findall(r'name="(when-\w+)" value="([^"]*)"', text))

    answer = as_operator.post(
        f"/schedules/{schedule.pk}/revision/", form(schedule) | shown | {"when-minute": "7"}
    )

    assert answer.status_code == 302
    assert PeriodicTask.objects.get().crontab.minute == "7"


def test_the_times_change_as_one_types(as_reader: Client) -> None:
    typed = form(**{"when-line": "30 2 28 3 *"})
    text = as_reader.get(
        "/schedules/times/", {name: text for name, text in typed.items() if name[:4] == "when"}
    )

    assert "02:30 does not exist" in text.content.decode()
    assert 'id="id_when-minute_error" hx-swap-oob="true"></p>' in text.content.decode()


def test_while_the_fields_cannot_be_read_each_has_its_sentence(as_reader: Client) -> None:
    typed = form(**{"when-hour": "25"})
    text = as_reader.get(
        "/schedules/times/", {name: text for name, text in typed.items() if name[:4] == "when"}
    )

    assert "is no hour" in text.content.decode()
    assert "once the fields can be read" in text.content.decode()


def test_the_policy_stands_in_the_headers(as_operator: Client, schedule: PeriodicTask) -> None:
    PeriodicTask.objects.update(headers='{"mine": 1}')
    sent = form(
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
    as_operator.post(f"/schedules/{schedule.pk}/revision/", form(schedule, times="1"))

    assert json.loads(PeriodicTask.objects.get().kwargs) == {"name": "Ada"}


def test_a_secret_is_never_shown_and_stays_where_it_is_not_typed_anew(as_operator: Client) -> None:
    from_form = {
        "form-job": "sync_products",
        "url": "https://example.org/",
        "credentials": "hush",
        "most_pages": "5",
    }
    kept = {name: text for name, text in form(**{"schedule-name": "sync"}).items() if "-" in name}
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

    as_operator.post("/schedules/creation/", form(**{"schedule-name": "evening"}))

    made = PeriodicTask.objects.get()
    assert (made.name, made.task, made.enabled, made.crontab.minute) == ("evening", "greet", True, "30")
    assert AuditLog.objects.get().action == "made schedule"


def test_a_name_is_taken_once(as_operator: Client, schedule: PeriodicTask) -> None:
    answer = as_operator.post("/schedules/creation/", form(**{"schedule-name": "morning"}))

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
        "/schedules/creation/", form(**{"schedule-name": "morning copy", "form-copy": str(schedule.pk)})
    )

    assert PeriodicTask.objects.get(name="morning copy").crontab == schedule.crontab
    assert 'value="morning copy 2"' in page(as_operator, f"/schedules/new/?copy={schedule.pk}")


def test_a_job_that_needs_a_file_cannot_be_scheduled_here(as_operator: Client) -> None:
    text = page(as_operator, "/schedules/new/?job=import_products")

    assert "needs a file (path)" in text
    assert "Schedule it" not in text


def test_a_path_is_neither_set_nor_lost_by_an_edit(as_operator: Client) -> None:
    made = by_cron("0 1 * * *", task="process_file", kwargs={"path": "/srv/drop/orders.csv"})
    sent = {name: text for name, text in form(made).items() if "-" in name} | {"workers": "2", "begin": "0"}

    refused = as_operator.post(f"/schedules/{made.pk}/revision/", {**sent, "path": "/etc/passwd"})
    saved = as_operator.post(f"/schedules/{made.pk}/revision/", sent)

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert json.loads(PeriodicTask.objects.get().kwargs) == {"path": "/srv/drop/orders.csv", "workers": 2}
    assert "/srv/drop/orders.csv" in page(as_operator, f"/schedules/{made.pk}/")


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


def test_a_secret_of_another_key_is_asked_for_again(as_operator: Client) -> None:
    secret = {"$secret": "gAAAAA"}
    made = by_cron(
        "0 1 * * *", task="sync_products", kwargs={"url": "https://example.org/", "credentials": secret}
    )
    sent = {name: text for name, text in form(made).items() if "-" in name} | {"url": "https://example.org/"}
    sent |= {"most_pages": "5", "most_bytes": "9999"}

    refused = as_operator.post(f"/schedules/{made.pk}/revision/", sent)
    saved = as_operator.post(f"/schedules/{made.pk}/revision/", {**sent, "credentials": "new"})

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert "A secret parameter cannot be read" in refused.content.decode()


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

    as_operator.post(f"/schedules/{schedule.pk}/reset/", {"form-seen": schedule.date_changed.isoformat()})

    assert "Reset to the catalog" not in page(as_operator, f"/schedules/{schedule.pk}/")
    assert AuditLog.objects.get().details["before"]["parameters"] == {"failed_days": 1}


def test_a_reset_of_what_somebody_has_just_edited_is_refused(as_operator: Client) -> None:
    seed()
    schedule = PeriodicTask.objects.get(name="cleanup_runs")
    seen = schedule.date_changed.isoformat()
    schedule.kwargs = '{"failed_days": 1}'
    schedule.save()

    answer = as_operator.post(f"/schedules/{schedule.pk}/reset/", {"form-seen": seen}, follow=True)

    assert "Somebody has changed cleanup_runs" in answer.content.decode()
    assert json.loads(PeriodicTask.objects.get(pk=schedule.pk).kwargs) == {"failed_days": 1}


def test_a_schedule_of_peoples_own_has_nothing_to_be_reset_to(
    as_operator: Client, schedule: PeriodicTask
) -> None:
    answer = as_operator.post(f"/schedules/{schedule.pk}/reset/")

    assert answer.status_code in (302, 404)
    assert PeriodicTask.objects.get().date_changed == schedule.date_changed


@pytest.mark.parametrize("kind", ["interval", "clocked"])
def test_what_has_no_cron_line_is_shown_switched_and_run(as_operator: Client, kind: str) -> None:
    later = timezone.now() + timedelta(days=2)
    when: dict[str, Any] = {"interval": lambda: IntervalSchedule.objects.create(every=10, period="minutes")}
    when["clocked"] = lambda: ClockedSchedule.objects.create(clocked_time=later)
    facts = {kind: when[kind](), "one_off": kind == "clocked"}
    made = PeriodicTask.objects.create(name="other", task="greet", kwargs='{"name": "Ada"}', **facts)

    text = page(as_operator, f"/schedules/{made.pk}/")
    as_operator.post(f"/schedules/{made.pk}/runs/")
    as_operator.post(f"/schedules/{made.pk}/switch/", {"enabled": "0"})

    assert "It has no cron line" in text
    assert "Save" not in text
    assert (Run.objects.count(), PeriodicTask.objects.get().enabled) == (1, False)


def test_one_whose_job_is_gone_is_shown_and_deleted(as_operator: Client) -> None:
    made = by_cron("0 1 * * *", task="gone_job", kwargs={"a": 1})

    assert "gone_job is not in the catalog any more" in page(as_operator, f"/schedules/{made.pk}/").replace(
        "Gone", "gone"
    )
    as_operator.post(f"/schedules/{made.pk}/deletion/")

    assert not PeriodicTask.objects.exists()


def test_one_that_cannot_be_read_is_shown_with_what_is_wrong(as_operator: Client) -> None:
    made = by_cron("61 1 * * *", task="greet", kwargs={"nme": "Ada"})
    PeriodicTask.objects.update(headers="no policy")

    text = page(as_operator, f"/schedules/{made.pk}/")

    assert "is no minute" in text
    assert "are no policy" in text
    assert page(as_operator, "/schedules/")


def test_markup_in_names_and_reasons_is_text(as_operator: Client) -> None:
    made = by_cron("0 1 * * *", name="<b>x</b>", task="greet", kwargs={"name": "<script>"}, description="<i>")
    Slot.objects.create(
        schedule="<b>x</b>", planned_for=NIGHT, outcome=Outcome.MISSED, reason='"><script>alert(1)'
    )

    text = page(as_operator, f"/schedules/{made.pk}/") + page(as_operator, "/schedules/")

    for raw in ("<b>x", "<script>alert", "<script>&", "<i>"):
        assert raw not in text


def test_who_may_run_another_job_only_runs_no_schedule_of_this(schedule: PeriodicTask) -> None:
    user = User.objects.create_user("some", password="pass")
    kind = ContentType.objects.get_for_model(Run)
    permission, _ = Permission.objects.get_or_create(codename="run_nightly", content_type=kind)
    user.user_permissions.add(permission)
    slot = Slot.objects.create(schedule="morning", planned_for=NIGHT, outcome=Outcome.MISSED)

    for path in ("runs/", f"slots/{slot.pk}/run/"):
        assert signed_in(user).post(f"/schedules/{schedule.pk}/{path}").status_code == 403
    assert not Run.objects.exists()


@pytest.mark.parametrize("path", ["creation/", "addition/greet/", "9/revision/", "9/switch/", "9/reset/", "9/deletion/", "9/runs/", "9/slots/9/run/"])  # fmt: skip  # noqa: E501
def test_a_reader_changes_nothing(as_reader: Client, path: str) -> None:
    assert as_reader.post(f"/schedules/{path}").status_code == 403
    assert as_reader.get(f"/schedules/{path}").status_code == 405


def test_a_reader_sees_all_and_no_button(as_reader: Client, schedule: PeriodicTask) -> None:
    text = page(as_reader, f"/schedules/{schedule.pk}/")

    assert "At 03:30" in text
    assert "Ada" in text
    for word in ("Save", "Run now", "Delete", "Switch off"):
        assert word not in text


@pytest.mark.parametrize("name", ["periodictask", "crontabschedule", "intervalschedule", "solarschedule", "clockedschedule"])  # fmt: skip  # noqa: E501
def test_nobody_edits_a_schedule_as_free_text(admin_client: Client, name: str) -> None:
    assert admin_client.get(f"/admin/django_celery_beat/{name}/").status_code == 404
    assert admin_client.get(f"/admin/django_celery_beat/{name}/add/").status_code == 404


def test_the_list_is_told_to_open_pages(schedule: PeriodicTask, make_run: MakeRun) -> None:
    before = KINDS["schedules"](["all"])["all"]
    assert before == replace(KINDS["schedules"](["all"])["all"], render=before.render)

    Slot.objects.create(
        schedule="morning", planned_for=NIGHT, outcome=Outcome.RAN, run=make_run(State.SUCCEEDED)
    )

    after = KINDS["schedules"](["all"])["all"]
    assert after.fingerprint != before.fingerprint
    assert "1 ran" in after.render()["schedules"]
    assert "<form" not in "".join(after.render().values())


def test_however_many_look_the_list_is_read_by_the_same_questions(
    schedule: PeriodicTask, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(4):
        KINDS["schedules"](["all", "other"])["all"].render()


def test_the_schedules_of_a_job_are_lines_for_its_page(schedule: PeriodicTask, as_operator: Client) -> None:
    by_cron("0 1 * * *", name="other")
    rows = schedules_of("greet")

    text = render_to_string("console/schedule_lines.html", {"rows": rows, "job": GREET, "may_edit": True})

    assert [row.entry.name for row in rows] == ["morning"]
    assert f"/schedules/{schedule.pk}/" in text
    assert "/schedules/new/?job=greet" in text


def test_a_job_without_a_schedule_says_so(db: None) -> None:
    text = render_to_string("console/schedule_lines.html", {"rows": schedules_of("greet"), "job": GREET})

    assert "Not scheduled" in text
    assert "New schedule" not in text

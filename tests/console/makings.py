"""What there is to change: each makes one, and gives what its address has to say of it."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs.models import AuthToken, Preset, Queue, Run
from jobs.models.artifact import directory_of
from jobs.models.slot import Outcome, Slot
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.tasks.scheduled import by_cron

Known = dict[str, Any]  # by the address
Said = dict[str, Any]  # by the form
NIGHT = datetime(2020, 11, 20, 3, 30, tzinfo=UTC)  # long ago


def started(make_run: MakeRun, **facts: Any) -> Known:
    return {"pk": make_run(**facts).pk}


def somebody(**facts: Any) -> Known:
    return {"pk": User.objects.create_user("somebody", **facts).pk}


def a_token() -> Known:
    return {"pk": AuthToken.objects.create(user=User.objects.get(username="boss"), digest="x").pk}


def a_paused_queue() -> Known:
    Queue.objects.pause("default", by=User.objects.get(username="boss"), reason="")
    return {"name": "default"}


def a_preset() -> Known:
    boss = User.objects.get(username="boss")
    return {"name": "greet", "pk": Preset.objects.create(job="greet", name="week", owner=boss).pk}


def with_rejects(make_run: MakeRun) -> Known:
    run: Run = make_run(State.SUCCEEDED, job="import_products", parameters={"path": "a.csv"})
    run.artifacts.create(name="rejected.csv", size=11)
    directory_of(run.pk).mkdir(parents=True)
    (directory_of(run.pk) / "rejected.csv").write_text("line,reason\n")
    return {"pk": run.pk}


def a_schedule(task: str = "greet", name: str = "morning", **parameters: Any) -> PeriodicTask:
    """The only one, with nothing of the catalog's."""
    PeriodicTask.objects.all().delete()
    kwargs = {"name": "Ada"} if task == "greet" else parameters
    made = by_cron("30 3 * * *", task=task, name=name, kwargs=kwargs)
    return PeriodicTask.objects.get(pk=made.pk)


def an_edited_schedule() -> tuple[Known, Said]:
    """Of the catalog's, so that it can be set back, by whoever has seen the edit."""
    schedule = a_schedule("cleanup_runs", "cleanup_runs")
    return {"pk": schedule.pk}, as_seen(schedule)


def a_revision() -> tuple[Known, Said]:
    schedule = a_schedule()
    return {"pk": schedule.pk}, a_form(schedule, **{"when-line": "30 4 * * *"})


def a_creation() -> tuple[Known, Said]:
    a_schedule()
    return {}, a_form(**{"schedule-name": "evening"})


def an_addition() -> tuple[Known, Said]:
    a_schedule()
    return {"name": "cleanup_runs"}, {}


def a_slot() -> Known:
    schedule = a_schedule()
    slot = Slot.objects.create(schedule=schedule.name, planned_for=timezone.now(), outcome=Outcome.MISSED)
    return {"pk": schedule.pk, "slot": slot.pk}


def a_form(schedule: PeriodicTask | None = None, **changes: str) -> Said:
    """What the browser sends for a greeting at 3:30 in Berlin, as it was rendered, with these changes."""
    line = {"when-line": "30 3 * * *", "when-line_was": "30 3 * * *", "when-zone": "Europe/Berlin"}
    five = {"minute": "30", "hour": "3", "day_of_month": "*", "month_of_year": "*", "day_of_week": "*"}
    own = {"name": "Ada", "times": "1", "schedule-description": ""}
    seen = as_seen(schedule) if schedule else {"form-job": "greet"}
    return {**line, **{f"when-{name}": text for name, text in five.items()}, **own, **seen} | changes


def as_seen(schedule: PeriodicTask) -> Said:
    return {"form-seen": schedule.date_changed.isoformat()}

"""The same job by every door: the record differs in who asked for it, and in nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.models.run import Run
from project.celery import app
from tasks.schedule import Scheduler
from tests.nodes.process import ROOT
from tests.nodes.waiting import ended

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]

Door = Callable[[str, dict[str, Any], dict[str, str]], Any]

CSV = "sku,name,price\nA-1,Apple,1.20\nB-2,Bread,3.40\n"


@pytest.fixture
def _plain_http(settings: Any, tmp_path: Path) -> None:
    settings.SECURE_SSL_REDIRECT = False
    settings.UPLOADS = tmp_path / "uploads"


@pytest.fixture(params=["greet", "import_products"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, Any]]:
    """A job and its parameters."""
    if request.param == "greet":
        return "greet", {"name": "Ada", "times": 2}
    (tmp_path / "products.csv").write_text(CSV)
    return "import_products", {"path": str(tmp_path / "products.csv")}


def by_command(job: str, parameters: dict[str, Any], environment: dict[str, str]) -> None:
    call_command(job, *map(str, parameters.values()), stdout=StringIO())


def by_command_line(job: str, parameters: dict[str, Any], environment: dict[str, str]) -> None:
    told = manage(environment, job, *map(str, parameters.values()), "--json")

    assert told["state"] == "succeeded"
    assert told["run"] == str(Run.objects.get().pk)


def by_following(job: str, parameters: dict[str, Any], environment: dict[str, str]) -> None:
    call_command(
        job, *map(str, parameters.values()), "--background", "--follow", verbosity=0, stdout=StringIO()
    )

    assert Run.objects.get().is_final


def by_code(job: str, parameters: dict[str, Any], environment: dict[str, str]) -> None:
    app.tasks[job].delay(**parameters)


def by_schedule(job: str, parameters: dict[str, Any], environment: dict[str, str]) -> None:
    PeriodicTask.objects.all().delete()
    PeriodicTask.objects.create(
        name="nightly",
        task=job,
        interval=IntervalSchedule.objects.create(every=1, period=IntervalSchedule.HOURS),
        kwargs=json.dumps(parameters),
        last_run_at=timezone.now() - timedelta(hours=2),
    )
    scheduler = Scheduler(app=app)
    scheduler.tick()
    scheduler.close()


def by_console(job: str, parameters: dict[str, Any], environment: dict[str, str]) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    form: dict[str, Any] = dict(parameters)
    if "path" not in form:
        answer = client.post(f"/jobs/{job}/runs/", form)
    else:
        with Path(form["path"]).open("rb") as file:
            answer = client.post(f"/jobs/{job}/runs/", {"path": file, "dry_run": "false"})

    assert answer.status_code == 302, answer.content.decode()


DOORS: dict[Door, dict[str, Any]] = {
    by_command: {"origin": "command"},
    by_command_line: {"origin": "command"},
    by_following: {"origin": "command"},
    by_code: {"origin": "code"},
    by_schedule: {"origin": "schedule", "schedule": "nightly"},
    by_console: {"origin": "console", "started_by": "operator"},
}


@pytest.mark.usefixtures("_plain_http")
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_leaves_the_same_record(
    door: Door, asked: tuple[str, dict[str, Any]], environment: dict[str, str]
) -> None:
    job, parameters = asked

    door(job, parameters, environment)

    run = ended(Run.objects.get().pk)
    assert record(run, EXPECTED[job]["result"], EXPECTED[job]["parameters"]) == EXPECTED[job]
    assert asker(run) == {"origin": "", "schedule": "", "started_by": None, **DOORS[door]}
    attempt = run.attempts.get()
    assert attempt.worker == run.worker != ""
    assert run.created_at <= run.started_at <= attempt.started_at <= run.finished_at <= attempt.finished_at


def record(run: Run, result: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    """What a door must not change; of the result and the parameters, the fields that those have."""
    return {
        "state": run.state,
        "result": {name: run.result[name] for name in result} if isinstance(result, dict) else run.result,
        "error": run.error,
        "percent": run.percent,
        "attempt": run.attempt,
        "queue": run.queue,
        "priority": run.priority,
        "parameters": {name: run.parameters[name] for name in parameters},
        "attempts": [
            (each.number, each.outcome, each.error_type, each.error_message, each.traceback, each.log)
            for each in run.attempts.all()
        ],
    }


def asker(run: Run) -> dict[str, Any]:
    return {
        "origin": run.origin,
        "schedule": run.schedule,
        "started_by": run.started_by.username if run.started_by else None,
    }


def manage(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    """The one JSON object that the command prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


SAME = {
    "state": "succeeded",
    "error": "",
    "attempt": 1,
    "priority": 5,
    "percent": 100,
    "attempts": [(1, "succeeded", "", "", "", "")],
}
EXPECTED = {
    "greet": {
        **SAME,
        "result": ["Hello, Ada!", "Hello, Ada!"],
        "queue": "default",
        "parameters": {"name": "Ada", "times": 2},
    },
    "import_products": {
        **SAME,
        "result": {"read": 2, "created": 2, "updated": 0, "rejected": 0},
        "queue": "bulk",
        "parameters": {"dry_run": False},
    },
}

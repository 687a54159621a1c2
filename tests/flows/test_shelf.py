"""Each job of the catalog by command, by task and by form: the real worker does what there is to do."""

from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from jobs import catalog
from jobs.arguments import words
from jobs.job import Job
from jobs.models.run import Run
from jobs.models.state import State
from project.celery import app
from tests.nodes.waiting import ended
from tests.samples import Samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]

# At a terminal they look at the service whether or not there is a database for a record.
LOOKS = [catalog.CHECK_HEALTH, catalog.CHECK_DATABASE]
JOBS = [pytest.param(job, id=name) for name, job in catalog.JOBS.items()]


@pytest.fixture(autouse=True)
def _directories(settings: Any, tmp_path: Path) -> None:
    settings.SECURE_SSL_REDIRECT = False
    settings.UPLOADS = tmp_path / "uploads"


def by_command(job: Job, parameters: dict[str, Any]) -> None:
    call_command(job.name, *words(job.parameters, parameters), verbosity=0, stdout=StringIO())


def by_task(job: Job, parameters: dict[str, Any]) -> None:
    app.tasks[job.name].delay(**parameters)


def by_form(job: Job, parameters: dict[str, Any]) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    with ExitStack() as opened:
        fields = {name: field(value, opened) for name, value in parameters.items()}
        answer = client.post(f"/jobs/{job.name}/runs/", {"dry_run": "false", **fields})

    assert answer.status_code == 302, answer.content.decode()


def field(value: Any, opened: ExitStack) -> Any:
    """As a browser sends it: a file with its content, several texts as lines."""
    if isinstance(value, Path):
        return opened.enter_context(value.open("rb"))
    if isinstance(value, list) and isinstance(value[0], Path):
        return [opened.enter_context(each.open("rb")) for each in value]
    return value


@pytest.mark.parametrize("door", [by_command, by_task, by_form], ids=lambda door: door.__name__)
@pytest.mark.parametrize("job", JOBS)
def test_a_job_does_its_work(job: Job, door: Any, samples: Samples) -> None:
    before = set(Run.objects.values_list("pk", flat=True))

    door(job, samples[job.name])

    if door is by_command and job in LOOKS:
        return  # it has ended well, and leaves no record
    run = ended(Run.objects.exclude(pk__in=before).get(job=job.name, parent=None).pk)
    assert (run.state, run.error) == (State.SUCCEEDED, "")
    assert run.result is not None

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
from jobs.confirmation import count_of
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
    client = signed_in("operator")
    said = {}
    if job.risk and job.risk.counted:
        preview = ended(started(client, job, parameters, dry_run="true"))
        said["risk-count"] = str(count_of(job.risk, preview))
    run = started(client, job, parameters, dry_run="false", **said, **{"risk-reason": "It is time"})
    if job.risk and job.risk.approval:
        signed_in("colleague").post(f"/runs/{run}/approval/")


def started(client: Client, job: Job, parameters: dict[str, Any], **more: str) -> str:
    """The new run's id."""
    with ExitStack() as opened:
        fields = {name: field(value, opened) for name, value in parameters.items()}
        answer = client.post(f"/jobs/{job.name}/runs/", {**fields, **more})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"].split("/")[2])


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


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
    new = Run.objects.exclude(pk__in=before).exclude(parameters__contains={"dry_run": True})
    run = ended(new.get(job=job.name, parent=None).pk)
    assert (run.state, run.error) == (State.SUCCEEDED, "")
    assert run.result is not None

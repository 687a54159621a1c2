"""A private job, and runs of it with whatever they leave behind."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from jobs import audit, catalog
from jobs.models import Preset, Run
from jobs.models.artifact import directory_of
from jobs.models.heartbeat import Heartbeat
from jobs.models.slot import Outcome, Slot
from jobs.models.state import Awaits, State
from tests.console.conftest import MakeRun
from tests.console.makings import a_schedule
from tests.jobs.people import declare

JOB = "count_rows"
COUNTED = {"app_labels": ["jobs"]}


@pytest.fixture
def hidden(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, reader: User) -> Run:
    """A run of it, with whatever a run can leave behind."""
    declare(monkeypatch, replace(catalog.JOBS[JOB], private=True, at_most=2))
    parent = make_run(State.SUCCEEDED, job="nightly")
    run = make_run(State.SUCCEEDED, job=JOB, parent=parent, parameters=COUNTED)
    run.artifacts.create(name="rows.csv", size=1)
    directory_of(run.pk).mkdir(parents=True)
    (directory_of(run.pk) / "rows.csv").write_text("x")
    audit.write("asked to pause", run.pk, job=JOB)
    return run


@pytest.fixture
def busy(hidden: Run, make_run: MakeRun) -> list[Run]:
    """All of its runs, one of each kind that a page tells of, and of another job what hangs on them."""
    now = timezone.now()
    Heartbeat.objects.create(kind="worker", name="w@a:1", seen_at=now, queues=["bulk"])
    running = make_run(State.RUNNING, job=JOB, worker="w@a:1", lane=JOB, queue="bulk", lease_until=now)
    later = make_run(job=JOB, not_before=now + timedelta(hours=1), publish_after=now + timedelta(hours=1))
    failed = make_run(State.FAILED, job=JOB, error="No such table")
    made = [running, later, failed, make_run(job=JOB, awaits=Awaits.PERSON)]
    make_run(State.RUNNING, parent=running)
    Preset.objects.create(job=JOB, name="all", owner=User.objects.get(username="reader"), is_shared=True)
    a_schedule(JOB, "nightly count", **COUNTED)
    for moment, run in ((now, failed), (now - timedelta(days=1), None)):
        Slot.objects.create(
            schedule="nightly count",
            planned_for=moment,
            outcome=Outcome.REFUSED,
            run=run,
            reason=f"{JOB}: no",
        )
    return [hidden, *made]


def body(client: Client, address: str) -> str:
    answer: Any = client.get(address, follow=True)
    assert answer.status_code in (200, 404), address
    return text_of(answer)


def text_of(answer: Any) -> str:
    async def parts() -> list[bytes]:
        return [part async for part in answer.streaming_content]

    is_written_later = answer.streaming and answer.is_async
    return (b"".join(async_to_sync(parts)()) if is_written_later else answer.getvalue()).decode()


def words(runs: list[Run]) -> list[str]:
    return [JOB, "Count rows", *(str(run.pk) for run in runs)]

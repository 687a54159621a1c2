"""Workers, beats and commands, and what each is doing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs.models import Heartbeat, Run
from jobs.models.state import State
from jobs.process_listing import Presence, processes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_works(db: None) -> None:
    """A worker of another test may have taken its leave only just now."""
    Heartbeat.objects.all().delete()


def heard_from(kind: str, name: str, *, ago: timedelta = timedelta(0), **facts: Any) -> None:
    Heartbeat.objects.create(kind=kind, name=name, seen_at=timezone.now() - ago, **facts)


def running(worker: str, **facts: Any) -> Run:
    return Run.objects.create(job="import_products", state=State.RUNNING, worker=worker, **facts)


def test_workers_come_first_with_what_they_perform() -> None:
    heard_from("beat", "beat")
    heard_from("worker", "celery@a")
    heard_from("worker", "celery@long-gone", ago=timedelta(days=2))
    first, second, third = running("celery@a"), running("command@here:7"), running("celery@a")

    found = processes()

    assert [(each.kind, each.name, each.runs) for each in found] == [
        ("worker", "celery@a", [first, third]),
        ("beat", "beat", []),
        ("command", "command@here:7", [second]),
    ]


def test_one_that_is_silent_is_told_apart_from_one_that_has_stopped() -> None:
    long_ago = timedelta(minutes=5)
    heard_from("worker", "a@alive")
    heard_from("worker", "b@silent", ago=long_ago)
    heard_from("worker", "c@stopped", ago=long_ago, ended_at=timezone.now() - long_ago)
    heard_from("worker", "d@stopped-just-now", ended_at=timezone.now())

    found = [each.presence for each in processes()]

    assert found == [Presence.ALIVE, Presence.SILENT, Presence.GONE, Presence.GONE]


def test_what_is_not_to_be_seen_is_counted_only() -> None:
    heard_from("worker", "celery@a", processes=3, queues=["bulk"])
    running("celery@a")

    (found,) = processes()

    assert (found.busy, found.queues) == (1, ["bulk"])
    hidden = found.without([run.job for run in found.runs])
    assert (hidden.busy, hidden.runs) == (1, [])


def test_a_listing_takes_two_statements_however_many_there_are(django_assert_num_queries: Any) -> None:
    for number in range(20):
        heard_from("worker", f"celery@{number}")
        running(f"celery@{number}")

    with django_assert_num_queries(2):
        assert sum(len(each.runs) for each in processes()) == 20

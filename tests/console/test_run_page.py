"""What the page of a run says, and what it offers."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from jobs.models import Attempt, Queue
from jobs.models.state import State
from tests.console.conftest import MakeRun

CURSOR = {"write": {"at": 12_000, "done": 12_000}}


def offered(body: str) -> list[str]:
    """The names of the forms that are not hidden."""
    found = re.findall(r'data-offer="([^"]*)"( hidden)?', body)
    return [name for name, is_hidden in found if not is_hidden]


@pytest.mark.parametrize(
    ("state", "wish", "age", "offers"),
    [
        (State.QUEUED, "", 0, ["pause", "cancellation"]),
        (State.RUNNING, "", 0, ["pause", "cancellation"]),
        (State.RUNNING, "pause", 0, ["resumption", "cancellation"]),
        (State.RUNNING, "pause", 3_600, ["resumption", "cancellation", "kill"]),
        (State.RUNNING, "cancel", 0, ["kill"]),
        (State.RUNNING, "kill", 3_600, []),
        (State.PAUSED, "", 3_600, ["resumption", "cancellation"]),
        (State.FAILED, "", 0, ["retry"]),
        (State.CANCELLED, "cancel", 0, ["retry"]),
    ],
)
def test_each_state_offers_what_can_be_asked_of_it(
    as_operator: Client, make_run: MakeRun, state: State, wish: str, age: int, offers: list[str]
) -> None:
    asked = timezone.now() - timedelta(seconds=age) if wish else None
    run = make_run(state, wish=wish, wished_at=asked)

    assert offered(as_operator.get(f"/runs/{run.pk}/").content.decode()) == offers


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("pause", "and can go on from there"),
        ("cancel", "killed after a grace"),
        ("kill", "ends its process within seconds"),
    ],
)
def test_what_was_asked_for_is_said_until_it_is_so(
    as_reader: Client, make_run: MakeRun, wish: str, sentence: str
) -> None:
    run = make_run(State.RUNNING, wish=wish, wished_at=timezone.now())

    assert sentence in as_reader.get(f"/runs/{run.pk}/").content.decode()


def test_a_paused_run_says_where_it_goes_on_and_how(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.PAUSED, cursor=CURSOR)

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert 'class="state paused"' in body
    assert "which goes on after 12,000 (write)" in body
    assert f"python manage.py greet --resume {run.pk}" in body


def test_a_resumed_attempt_says_where_it_went_on(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, attempt=2)
    Attempt.objects.filter(run=run, number=2).update(cursor=CURSOR)

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert body.count("resumed after 12,000 (write)") == 1


def test_crashes_and_failures_are_told_apart_where_there_are_any(
    as_reader: Client, make_run: MakeRun
) -> None:
    quiet, loud = make_run(State.RUNNING), make_run(State.RUNNING, crashes=2, failures=3)

    bodies = [as_reader.get(f"/runs/{run.pk}/").content.decode() for run in (quiet, loud)]

    assert ["<dt>Crashes</dt><dd>2" in body for body in bodies] == [False, True]
    assert ["<dt>Failures</dt><dd>3" in body for body in bodies] == [False, True]


def test_a_paused_queue_is_said_on_the_run_and_among_the_jobs(as_reader: Client, make_run: MakeRun) -> None:
    waiting, over = make_run(queue="bulk"), make_run(State.SUCCEEDED, queue="bulk")
    pages = ["/jobs/", f"/runs/{waiting.pk}/", f"/runs/{over.pk}/"]

    def told() -> list[bool]:
        return [
            "python manage.py queues resume bulk" in as_reader.get(page).content.decode() for page in pages
        ]

    assert told() == [False, False, False]
    Queue.objects.pause("bulk")
    assert told() == [True, True, False]


def test_paused_runs_can_be_listed(as_reader: Client, make_run: MakeRun) -> None:
    run, _ = make_run(State.PAUSED), make_run(State.RUNNING)

    answer = as_reader.get("/runs/?state=paused")

    assert [each.pk for each in answer.context["page"].runs] == [run.pk]


@pytest.mark.django_db
def test_a_run_that_waits_says_for_what_and_shows_the_runs_below_it(
    as_operator: Client, make_run: MakeRun
) -> None:
    run = make_run(state=State.QUEUED, awaits="ends")
    below = make_run(state=State.RUNNING, parent=run)

    body = as_operator.get(f"/runs/{run.pk}/").content.decode()

    assert "It goes on once the runs below it have ended" in body
    assert f"/runs/{below.pk}/" in body

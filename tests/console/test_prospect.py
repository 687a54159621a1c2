"""What would become of a run that is started now."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.live.job import read
from console.prospect import prospects, usual_words
from jobs.catalog import JOBS
from jobs.job import Job, Overlap
from jobs.models import Heartbeat, Queue, Run
from jobs.models.state import State
from jobs.usual import Usual
from tests.console.conftest import MakeRun

NOON = datetime(2026, 12, 1, 12, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon(db: None) -> Any:
    Heartbeat.objects.beat("worker", "a@b")
    with time_machine.travel(NOON, tick=False):
        yield


def greet() -> None:
    """Say hello."""


def sentences(monkeypatch: pytest.MonkeyPatch, **declared: Any) -> list[str]:
    job = Job(function=greet, **declared)
    monkeypatch.setitem(JOBS, "greet", job)
    return prospects(["greet"])["greet"].sentences


FREE = "Nothing waits in the queue “default”: a free worker takes yours at once."


def test_where_nothing_is_in_the_way_it_begins_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sentences(monkeypatch) == [FREE]


@pytest.mark.parametrize(
    ("declared", "consequence"),
    [
        ({}, "Yours runs beside it."),
        ({"overlap": Overlap.QUEUE}, "Yours waits until it has ended."),
        ({"overlap": Overlap.SKIP}, "Yours would be refused until it has ended."),
        ({"at_most": 1}, "Yours waits until it has ended."),
        ({"at_most": 2}, "Yours runs beside it."),
        (
            {"overlap": Overlap.SKIP, "overlap_by": ("name",)},
            "Yours would be refused if it has the same name until it has ended.",
        ),
    ],
)
def test_beside_a_running_one_its_overlap_rule_is_told(
    monkeypatch: pytest.MonkeyPatch, make_run: MakeRun, declared: dict[str, Any], consequence: str
) -> None:
    make_run(State.RUNNING, started_at=NOON)

    assert sentences(monkeypatch, **declared) == [f"One is running since 12:04. {consequence}", FREE]


def test_a_full_limit_is_told(monkeypatch: pytest.MonkeyPatch, make_run: MakeRun) -> None:
    make_run(State.RUNNING, started_at=NOON)
    make_run(State.RUNNING, started_at=NOON - timedelta(days=1))

    assert sentences(monkeypatch, at_most=2)[0] == (
        "2 are running, the first since 30 Nov, 12:04. "
        "No more than 2 run at once: yours waits until one has ended."
    )


def test_one_that_waits_counts_for_the_rule_that_refuses(
    monkeypatch: pytest.MonkeyPatch, make_run: MakeRun
) -> None:
    make_run(State.PAUSED)

    assert (
        sentences(monkeypatch, overlap=Overlap.SKIP)[0]
        == "One waits to begin. Yours would be refused until it has ended."
    )


def test_runs_that_have_ended_and_other_jobs_are_in_nobody_s_way(
    monkeypatch: pytest.MonkeyPatch, make_run: MakeRun
) -> None:
    make_run(State.SUCCEEDED)
    make_run(State.RUNNING, job="import_products")

    assert sentences(monkeypatch, overlap=Overlap.SKIP) == [FREE]


def test_how_long_the_queue_waits_is_told(monkeypatch: pytest.MonkeyPatch, make_run: MakeRun) -> None:
    make_run(job="check_health", not_before=NOON - timedelta(days=900))
    assert sentences(monkeypatch) == ["One run waits in the queue “default”, since 14 Jun, 12:04."]

    make_run(job="check_health", not_before=NOON - timedelta(days=901))
    assert sentences(monkeypatch) == ["2 runs wait in the queue “default”, the first since 13 Jun, 12:04."]


def test_a_paused_queue_and_a_missing_worker_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.update(queues=["bulk"])
    assert sentences(monkeypatch) == [
        "No worker takes the queue “default”: yours waits until one is started."
    ]

    Queue.objects.create(name="default", paused_at=NOON)
    assert sentences(monkeypatch) == [
        "The queue “default” is paused since 12:04: yours waits until it is resumed."
    ]


def test_all_open_pages_together_cost_four_queries(make_run: MakeRun) -> None:
    for name in JOBS:
        make_run(State.RUNNING, job=name)

    with CaptureQueriesContext(connection) as queries:
        pictures = read([*JOBS, "nothing"])

    assert len(queries) == 4
    assert set(pictures) == set(JOBS)


def test_the_picture_of_a_job_changes_with_what_is_told(make_run: MakeRun) -> None:
    before = read(["greet"])["greet"]
    make_run(State.RUNNING, started_at=NOON)
    after = read(["greet"])["greet"]

    assert read(["greet"])["greet"].fingerprint == after.fingerprint != before.fingerprint
    assert "One is running since 12:04" in after.render()["prospect"]
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("runs", "median", "most", "words"),
    [
        (1, 90, 90, "It took 1 min 30 s the last time."),
        (20, 7, 7, "It took about 7.0 s the last 20 times."),
        (5, 0.01, 0.02, "It took about a moment the last 5 times."),
        (30, 10, 65, "It usually takes 10 s; of the last 30 runs, 95 of 100 took no more than 1 min 5 s."),
    ],
)
def test_the_usual_duration_in_words(runs: int, median: float, most: float, words: str) -> None:
    usual = Usual(runs=runs, median=timedelta(seconds=median), most=timedelta(seconds=most))

    assert usual_words(usual) == words


def test_a_job_without_a_history_says_so() -> None:
    assert usual_words(None) == "It has not succeeded yet, so nobody knows how long it takes."

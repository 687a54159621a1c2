"""What needs a person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from console.attention import SHOWN, Concern, attention
from console.running import running_runs
from jobs.models import DayFigures, Heartbeat, Queue, Run, Slot
from jobs.models.slot import Outcome
from jobs.models.state import State
from jobs.services.diagnosis import Level
from tasks.plan import plans
from tests.console.conftest import MakeRun
from tests.tasks.scheduled import by_cron

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _all_is_well() -> Iterator[None]:
    PeriodicTask.objects.all().delete()
    for kind in ("worker", "beat"):
        Heartbeat.objects.beat(kind, f"{kind}@here")
    return


def concerns() -> list[Concern]:
    return attention(running_runs(), plans(), Run.objects.waiting()).concerns


def only() -> Concern:
    (found,) = concerns()
    return found


def kept_until(hours: int, **facts: Any) -> PeriodicTask:
    return by_cron("0 * * * *", last_run_at=timezone.now() - hours * HOUR, **facts)


def test_nothing_needs_anybody_where_all_is_well(make_run: MakeRun) -> None:
    make_run(State.RUNNING)
    make_run(State.QUEUED)
    make_run(State.SUCCEEDED)
    kept_until(0)

    assert concerns() == []


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("worker", "Nothing begins: no worker was heard from."),
        ("beat", "No schedule is kept: no beat was heard from."),
    ],
)
def test_a_silent_process_is_told_with_what_starts_one(kind: str, sentence: str) -> None:
    Heartbeat.objects.filter(kind=kind).update(seen_at=timezone.now() - HOUR)

    assert (only().sentence, only().level) == (sentence, Level.FAIL)
    assert only().command.startswith(f"celery -A project {kind}")


def test_a_paused_queue_is_told_with_what_waits_in_it(make_run: MakeRun) -> None:
    Queue.objects.pause("bulk")
    for _ in range(2):
        make_run(State.QUEUED, queue="bulk", not_before=timezone.now() - HOUR)

    assert only().sentence == "The queue “bulk” is paused."
    assert only().advice == "2 runs wait in it until somebody resumes it."


def test_runs_that_wait_long_for_a_worker_are_told_by_queue(make_run: MakeRun) -> None:
    make_run(State.QUEUED, queue="bulk", not_before=timezone.now() - HOUR)

    assert only().sentence == "1 run of the queue “bulk” waits, the first for 1 h."


def test_a_queue_that_no_worker_takes_is_told_at_once(make_run: MakeRun) -> None:
    Heartbeat.objects.beat("worker", "worker@here", queues=["default"])
    make_run(State.QUEUED, queue="default")
    make_run(State.QUEUED, queue="bulk")

    assert only().sentence == "No worker takes the queue “bulk”, in which 1 run waits."
    assert only().command == "celery -A project worker --queues bulk"


def test_without_any_worker_it_is_said_once(make_run: MakeRun) -> None:
    Heartbeat.objects.filter(kind="worker").delete()
    make_run(State.QUEUED, not_before=timezone.now() - HOUR)

    assert only().sentence.startswith("Nothing begins")


def test_a_schedule_that_beat_passes_over_is_told() -> None:
    kept_until(3)

    assert only().sentence.startswith("The schedule “morning” was due on ")
    assert only().url == f"/schedules/{PeriodicTask.objects.get().pk}/"


def test_while_beat_is_silent_its_schedules_are_not_told_one_by_one() -> None:
    Heartbeat.objects.filter(kind="beat").delete()
    kept_until(3)

    assert only().sentence.startswith("No schedule is kept")


@pytest.mark.parametrize("outcome", [Outcome.MISSED, Outcome.REFUSED])
def test_a_slot_that_was_not_kept_is_told_with_its_reason(outcome: Outcome) -> None:
    kept_until(0, name="cleanup_runs")
    Slot.objects.take("cleanup_runs", timezone.now() - HOUR, outcome, "Nobody kept it")

    assert only().sentence.startswith("Cleanup runs did not run on ")
    assert only().advice == "Nobody kept it."


def test_a_slot_that_was_not_kept_is_forgotten_once_a_later_one_is() -> None:
    kept_until(0)
    Slot.objects.take("morning", timezone.now() - 2 * HOUR, Outcome.MISSED, "Nobody kept it")
    Slot.objects.take("morning", timezone.now() - HOUR, Outcome.RAN)

    assert concerns() == []


def test_a_run_that_takes_far_longer_than_ever_lately_is_told(make_run: MakeRun) -> None:
    now = timezone.now()
    make_run(State.SUCCEEDED, started_at=now - timedelta(minutes=2), finished_at=now)
    run = make_run(State.RUNNING, started_at=timezone.now() - HOUR)

    assert only().sentence == "Greet has been running for 1 h."
    assert only().advice == "It rarely takes longer than 2 min."
    assert only().url == f"/runs/{run.pk}/"


def test_a_run_whose_worker_is_silent_is_told(make_run: MakeRun) -> None:
    make_run(State.RUNNING, lease_until=timezone.now() - HOUR)

    assert only().sentence == "Greet runs on a worker that is silent."


def test_many_failures_of_a_job_are_one_sentence_and_lead_to_the_list(make_run: MakeRun) -> None:
    for _ in range(3):
        make_run(State.FAILED, error="It broke")

    assert (only().sentence, only().times) == ("Greet failed 3 times.", 3)
    assert only().url == "/runs/?q=job%3Agreet+state%3Afailed"


def test_a_failure_is_no_more_than_a_warning_once_the_job_has_succeeded_on_a_later_day(
    make_run: MakeRun,
) -> None:
    make_run(State.FAILED, error="It broke", finished_at=timezone.now() - timedelta(days=2))
    today = timezone.localdate()
    DayFigures.objects.create(job="greet", day=today - timedelta(days=2), succeeded=5)

    assert only().level == Level.FAIL
    DayFigures.objects.create(job="greet", day=today, succeeded=1)
    assert (only().level, only().sentence) == (Level.WARN, "Greet failed; it has succeeded since.")


def test_the_worst_comes_first_and_the_rest_opens(make_run: MakeRun) -> None:
    for number in range(SHOWN):
        Queue.objects.pause(f"queue-{number}")
    make_run(State.FAILED, error="It broke")

    found = attention([], [], {})

    assert found.first[0].sentence == "Greet failed."
    assert (len(found.first), len(found.others)) == (SHOWN, 1)

"""The figures of the days, kept up to date."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from jobs import figures
from jobs.models import DayFigures, Run
from jobs.models.state import State
from jobs.services.retention import cleanup_runs
from tests.jobs.claimed import another_session

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def ended(at: datetime, *, took: float = 60, state: State = State.SUCCEEDED, job: str = "greet") -> Run:
    begun = at - timedelta(seconds=took)
    return Run.objects.create(job=job, state=state, attempt=1, started_at=begun, finished_at=at)


def of(day: date, job: str = "") -> DayFigures:
    return DayFigures.objects.get(pk=(job, day))


def written_at(moment: datetime, *days: date) -> None:
    DayFigures.objects.filter(day__in=days).update(written_at=moment)


def test_runs_are_counted_by_how_they_ended() -> None:
    for state in (State.SUCCEEDED, State.SUCCEEDED, State.FAILED, State.CANCELLED):
        ended(NOON, state=state)

    figures.write_day(TODAY)

    found = of(TODAY, "greet")
    assert (found.succeeded, found.failed, found.cancelled, found.ended) == (2, 1, 1, 4)


def test_durations_are_those_of_runs_that_succeeded() -> None:
    for seconds in range(1, 101):
        ended(NOON, took=seconds)
    ended(NOON, took=5_000, state=State.FAILED)

    figures.write_day(TODAY)

    assert of(TODAY).median == timedelta(seconds=50)
    assert of(TODAY).p95 == timedelta(seconds=95)


def test_all_jobs_together_have_a_median_of_their_own() -> None:
    for seconds in (1, 1, 1):
        ended(NOON, took=seconds)
    for seconds in (100, 100):
        ended(NOON, took=seconds, job="nightly")

    figures.write_day(TODAY)

    medians = {each.job: each.median for each in DayFigures.objects.all()}
    one, hundred = timedelta(seconds=1), timedelta(seconds=100)
    assert medians == {"": one, "greet": one, "nightly": hundred}


def test_a_run_counts_on_the_day_that_it_ended_in_the_zone_of_the_service(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    ended(datetime(2026, 5, 3, 22, 30, tzinfo=UTC))

    figures.write_day(TODAY)
    figures.write_day(TODAY - DAY)

    assert (of(TODAY).ended, of(TODAY - DAY).ended) == (1, 0)


def test_runs_that_have_not_ended_are_not_counted() -> None:
    Run.objects.create(job="greet", state=State.RUNNING, started_at=NOON)

    figures.write_day(TODAY)

    assert of(TODAY).ended == 0


def test_a_day_that_is_written_again_has_the_later_figures() -> None:
    ended(NOON, took=10)
    figures.write_day(TODAY)
    ended(NOON, took=20)
    ended(NOON, took=20)

    figures.write_day(TODAY)

    assert (of(TODAY).succeeded, of(TODAY).median) == (3, timedelta(seconds=20))


def test_runs_that_are_deleted_stay_counted() -> None:
    ended(timezone.now())
    figures.write_day(timezone.localdate())

    cleanup_runs(succeeded_days=0)
    figures.write_day(timezone.localdate())

    assert Run.objects.count() == 0
    assert of(timezone.localdate(), "greet").succeeded == of(timezone.localdate()).succeeded == 1


@time_machine.travel(NOON, tick=False)
def test_every_day_since_the_first_run_is_written_some_at_a_time() -> None:
    ended(NOON - 10 * DAY)

    counts = [figures.keep_up() for _ in range(5)]

    assert counts == [3, 3, 3, 2, 0]
    assert DayFigures.objects.of_all_jobs().count() == 11


@time_machine.travel(NOON, tick=False)
def test_todays_figures_are_written_anew_once_a_minute() -> None:
    figures.keep_up()

    written_at(NOON - timedelta(seconds=59), TODAY)
    assert figures.due_days() == []
    written_at(NOON - timedelta(seconds=61), TODAY)
    assert figures.due_days() == [TODAY]


@time_machine.travel(NOON, tick=False)
def test_a_day_that_was_written_before_it_was_over_is_written_once_more() -> None:
    ended(NOON - 2 * DAY)
    figures.keep_up()

    midnight = datetime(2026, 5, 4, tzinfo=UTC)
    written_at(midnight + timedelta(minutes=4), TODAY - DAY)
    written_at(midnight + timedelta(minutes=6), TODAY - 2 * DAY)
    written_at(NOON, TODAY)

    assert figures.due_days() == [TODAY - DAY]


def test_one_process_at_a_time_writes_them() -> None:
    with another_session() as other:
        other.execute(figures.LOCK)

        assert figures.keep_up() == 0

    assert figures.keep_up() == 1


def test_an_empty_record_has_its_figures_too() -> None:
    figures.keep_up()

    assert of(timezone.localdate()).ended == 0
    assert of(timezone.localdate()).median is None


def test_what_ends_after_the_moment_of_writing_is_left_to_the_news() -> None:
    today = timezone.localdate()
    ended(timezone.now() + timedelta(seconds=30))

    figures.write_day(today)

    assert not DayFigures.objects.filter(day=today, job="greet").exists()


@time_machine.travel(NOON, tick=False)
def test_days_without_a_row_are_days_on_which_nothing_ran(django_assert_num_queries: Any) -> None:
    yesterday = TODAY - DAY
    DayFigures.objects.create(day=yesterday, job="", succeeded=4, p95=DAY)
    DayFigures.objects.create(day=yesterday, job="greet", succeeded=3)

    with django_assert_num_queries(1):
        found = figures.read_days(3)

    assert [(each.day, each.succeeded) for each in found] == [
        (yesterday - DAY, 0),
        (yesterday, 4),
        (TODAY, 0),
    ]
    assert found[1].p95 == DAY


def test_what_ended_since_the_figures_were_written_is_counted_too() -> None:
    ended(NOON - DAY)
    ended(NOON)
    DayFigures.objects.create(day=TODAY, job="", succeeded=1, median=DAY, written_at=NOON)
    ended(NOON + timedelta(seconds=1), state=State.FAILED)

    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        today = figures.read_days(7)[-1]

    assert (today.succeeded, today.failed, today.median) == (1, 1, DAY)


@time_machine.travel(NOON, tick=False)
def test_before_the_first_figures_of_a_day_its_runs_are_counted() -> None:
    ended(NOON - DAY)
    ended(NOON, state=State.CANCELLED)

    assert [each.cancelled for each in figures.read_days(2)] == [0, 1]

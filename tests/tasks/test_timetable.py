from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from jobs.models.run import Run
from jobs.models.slot import Outcome, Slot
from tasks.seeding import seed
from tasks.timetable import UnknownSchedule, in_words, latest_slots, timetable
from tests.tasks.scheduled import by_cron

pytestmark = pytest.mark.django_db

SUMMER = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _summer() -> Iterator[None]:
    PeriodicTask.objects.all().delete()
    with time_machine.travel(SUMMER, tick=False):
        yield


def test_a_schedule_is_shown_in_words_and_by_its_own_clock() -> None:
    crontab = CrontabSchedule.objects.create(minute="30", hour="3", timezone="Europe/Berlin")
    PeriodicTask.objects.create(name="morning", task="greet", crontab=crontab)
    Slot.objects.take("morning", datetime(2026, 7, 1, 1, 30, tzinfo=UTC), Outcome.RAN)

    entry = next(each for each in timetable() if each.name == "morning")

    assert (entry.job, entry.when, entry.line) == ("greet", "At 03:30", "30 3 * * *")
    assert (entry.zone, entry.enabled, entry.missed, entry.drift) == ("Europe/Berlin", True, "latest", [])
    assert (str(entry.last_slot), entry.last_outcome) == ("2026-07-01 03:30:00+02:00", "ran")
    assert str(entry.next_slot) == "2026-07-02 03:30:00+02:00"


def test_an_interval_is_shown_in_words() -> None:
    interval = IntervalSchedule.objects.create(every=10, period="minutes")
    PeriodicTask.objects.create(name="often", task="greet", interval=interval)

    entry = next(each for each in timetable() if each.name == "often")

    assert (entry.when, entry.line) == ("every 10 minutes", "")
    assert str(entry.next_slot) == "2026-07-01 12:10:00+00:00"


def test_a_disabled_schedule_has_no_next_slot() -> None:
    seed()
    PeriodicTask.objects.update(enabled=False)

    (entry,) = [each for each in timetable() if each.name == "cleanup_runs"]

    assert (entry.enabled, entry.next_slot) == (False, None)


def test_a_leap_day_is_found() -> None:
    crontab = CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="29", month_of_year="2")
    PeriodicTask.objects.create(name="leap", task="greet", crontab=crontab)

    entry = next(each for each in timetable() if each.name == "leap")

    assert str(entry.next_slot) == "2028-02-29 00:00:00+00:00"


def test_what_is_only_in_the_catalog_is_shown_with_the_way_out() -> None:
    (entry,) = [each for each in timetable() if each.name == "cleanup_runs"]

    assert entry.drift == ["in the catalog, not in the database; manage.py migrate adds it"]


def test_a_schedule_that_cannot_be_read_is_shown_with_the_reason() -> None:
    crontab = CrontabSchedule.objects.create(minute="61")
    PeriodicTask.objects.create(name="broken", task="greet", crontab=crontab, headers="x")

    entry = next(each for each in timetable() if each.name == "broken")

    assert entry.missed == "latest"
    assert [sentence.partition(":")[0] for sentence in entry.drift] == [
        "The headers of schedule broken are no policy",
        "it cannot be read",
    ]


def test_the_latest_slots_come_first_with_their_runs() -> None:
    run = Run.objects.create(job="greet")
    for day, of in ((1, None), (2, run)):
        Slot.objects.create(
            schedule="morning",
            planned_for=datetime(2026, 6, day, tzinfo=UTC),
            outcome=Outcome.RAN,
            run=of,
        )

    (latest, *others) = latest_slots("morning", 20)

    assert (latest.planned_for.day, latest.run, len(others)) == (2, str(run.pk), 1)


def test_no_more_slots_are_shown_than_asked_for() -> None:
    for day in (1, 2, 3):
        Slot.objects.take("morning", datetime(2026, 6, day, tzinfo=UTC), Outcome.RAN)

    assert [each.planned_for.day for each in latest_slots("morning", 2)] == [3, 2]


def test_a_schedule_that_is_not_there_is_said_with_the_nearest_name() -> None:
    seed()

    with pytest.raises(UnknownSchedule, match="no schedule named 'cleanup_run'; did you mean 'cleanup_runs'"):
        latest_slots("cleanup_run", 20)


@pytest.mark.parametrize(
    ("line", "words"),
    [("30 3 * * *", "At 03:30"), ("*/5 * * * *", "Every 5 minutes"), ("not a line", "not a line")],
)
def test_a_cron_line_in_words(line: str, words: str) -> None:
    assert in_words(line) == words


def test_however_many_there_are_one_statement_reads_them(django_assert_num_queries: Any) -> None:
    for number in range(20):
        name = f"number {number}"
        by_cron("30 3 * * *", name=name)
        Slot.objects.take(name, datetime(2026, 7, 1, 1, 30, tzinfo=UTC), Outcome.RAN)

    with django_assert_num_queries(1):
        entries = timetable()

    assert [each.last_outcome for each in entries if each.name.startswith("number")] == ["ran"] * 20

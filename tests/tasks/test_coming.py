from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from tasks.coming import Outlook, outlook
from tasks.cron_line import cron_fields
from tasks.slots import Unreadable

BERLIN = ZoneInfo("Europe/Berlin")


def of(line: str, now: datetime, **facts: object) -> Outlook:
    crontab = CrontabSchedule(**cron_fields(line), timezone=BERLIN)
    schedule = PeriodicTask(enabled=True, crontab=crontab, date_changed=now, **facts)
    return outlook(schedule, now)


def test_the_next_five_times_are_by_the_clock_of_the_zone() -> None:
    found = of("30 3 * * *", datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert [f"{each.slot:%d %H:%M %z}" for each in found.times] == [
        f"{day:02} 03:30 +0200" for day in range(2, 7)
    ]
    assert found.changes == []


def test_a_time_that_the_clock_jumps_over_is_marked_where_it_comes_instead() -> None:
    found = of("30 2 * * *", datetime(2027, 3, 26, 12, tzinfo=UTC))

    assert [(f"{each.slot:%d %H:%M}", bool(each.note)) for each in found.times] == [
        ("27 02:30", False),
        ("28 03:00", True),
        ("29 02:30", False),
        ("30 02:30", False),
        ("31 02:30", False),
    ]
    assert found.times[1].note.startswith("02:30 does not exist on 28 Mar 2027")


def test_a_time_that_comes_twice_is_marked_both_times_where_it_runs_twice() -> None:
    found = of("0 * * * *", datetime(2026, 10, 24, 22, 30, tzinfo=UTC))

    assert [(f"{each.slot:%H:%M %z}", bool(each.note)) for each in found.times] == [
        ("01:00 +0200", False),
        ("02:00 +0200", True),
        ("02:00 +0100", True),
        ("03:00 +0100", False),
        ("04:00 +0100", False),
    ]


def test_times_that_are_left_out_are_said_at_the_first_that_follows() -> None:
    found = of("0 * * * *", datetime(2027, 3, 28, 0, 30, tzinfo=UTC))

    assert (f"{found.times[0].slot:%H:%M}", found.times[0].note.endswith("it is left out")) == ("03:00", True)


def test_the_changes_of_the_year_to_come_are_said_however_far_away() -> None:
    found = of("30 2 * * *", datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert [sentence.partition(",")[0] for sentence in found.changes] == [
        "02:30 comes twice on 25 Oct 2026",
        "02:30 does not exist on 28 Mar 2027",
    ]
    assert [each.note for each in found.times] == [""] * 5


def test_a_one_off_has_one_time() -> None:
    assert len(of("30 3 * * *", datetime(2026, 7, 1, tzinfo=UTC), one_off=True).times) == 1


def test_what_is_never_due_has_no_time() -> None:
    assert of("0 0 29 2 1", datetime(2026, 7, 1, tzinfo=UTC)).times == []


def test_an_interval_is_time_that_passes() -> None:
    now = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    interval = IntervalSchedule(every=1, period="hours")

    found = outlook(PeriodicTask(enabled=True, interval=interval, date_changed=now), now)

    assert [each.slot - now for each in found.times] == [timedelta(hours=hours) for hours in range(1, 6)]
    assert found.changes == []


def test_a_crontab_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Unreadable, match="99"):
        of("99 * * * *", datetime(2026, 7, 1, tzinfo=UTC))

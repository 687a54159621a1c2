"""What is said of the clock's changes is what tasks/slots.py does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from tasks.clock_changes import ClockChange, clock_changes, effect
from tasks.cron_line import cron_fields
from tasks.slots import slots

YEAR = (datetime(2026, 1, 1, 0, 0, 13, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
LINES = (
    "30 2 * * *",
    "15 2,3 * * *",
    "0 * * * *",
    "*/15 2 * * *",
    "*/20 1 * * *",
    "0 0 * * *",
    "30 23 * * *",
)


@pytest.mark.parametrize(
    ("zone", "moments", "walls"),
    [
        ("Europe/Berlin", ["2026-03-29T01:00", "2026-10-25T01:00"], ["02:00-03:00", "03:00-02:00"]),
        ("Australia/Lord_Howe", ["2026-04-04T15:00", "2026-10-03T15:30"], ["02:00-01:30", "02:00-02:30"]),
        ("Africa/Cairo", ["2026-04-23T22:00", "2026-10-29T21:00"], ["00:00-01:00", "00:00-23:00"]),
        ("Asia/Kolkata", [], []),
        ("UTC", [], []),
    ],
)
def test_each_change_is_found_to_the_minute(zone: str, moments: list[str], walls: list[str]) -> None:
    found = list(clock_changes(ZoneInfo(zone), *YEAR))

    assert [f"{each.moment:%Y-%m-%dT%H:%M}" for each in found] == moments
    assert [f"{each.before:%H:%M}-{each.after:%H:%M}" for each in found] == walls
    assert all(each.moment.second == 0 for each in found)


@pytest.mark.parametrize(
    ("line", "forward", "back"),
    [
        (
            "30 2 * * *",
            "02:30 does not exist on 29 Mar 2026, when the clock goes from 02:00 to 03:00: it runs at 03:00",
            "02:30 comes twice on 25 Oct 2026, when the clock goes from 03:00 to 02:00: "
            "it runs the first time only",
        ),
        (
            "15,45 2,3 * * *",
            "02:15 and 02:45 do not exist on 29 Mar 2026, when the clock goes from 02:00 to 03:00: "
            "it runs at 03:00",
            "02:15 and 02:45 come twice on 25 Oct 2026, when the clock goes from 03:00 to 02:00: "
            "it runs the first time only",
        ),
        (
            "0 * * * *",
            "02:00 does not exist on 29 Mar 2026, when the clock goes from 02:00 to 03:00: it is left out",
            "02:00 comes twice on 25 Oct 2026, when the clock goes from 03:00 to 02:00: it runs both times",
        ),
        (
            "*/15 2 * * *",
            "02:00 to 02:45 (4 times) do not exist on 29 Mar 2026, when the clock goes from 02:00 to 03:00: "
            "it is left out",
            "02:00 to 02:45 (4 times) come twice on 25 Oct 2026, when the clock goes from 03:00 to 02:00: "
            "it runs both times",
        ),
        ("30 3 * * *", "", ""),
        ("30 2 * * 1-5", "", ""),
    ],
)
def test_what_it_does_is_said_in_a_sentence(line: str, forward: str, back: str) -> None:
    first, second = clock_changes(ZoneInfo("Europe/Berlin"), *YEAR)

    assert (effect(row(line, "Europe/Berlin"), first), effect(row(line, "Europe/Berlin"), second)) == (
        forward,
        back,
    )


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
@pytest.mark.parametrize("line", LINES)
def test_the_sentence_is_what_the_slots_do(line: str, zone: str) -> None:
    for change in clock_changes(ZoneInfo(zone), *YEAR):
        sentence = effect(row(line, zone), change)
        usual = kept(line, zone, change, timedelta(days=-7))
        found = kept(line, zone, change, timedelta(0))

        if sentence.endswith("is left out"):
            assert found == []
        elif "it runs at" in sentence:
            assert found == []
            assert change.moment in around(line, zone, change)
        elif sentence.endswith("both times"):
            assert len(found) == 2 * len(usual) > 0
        else:
            assert found == [each + timedelta(days=7) for each in usual]
            assert bool(found) == bool(sentence)


def kept(line: str, zone: str, change: ClockChange, shift: timedelta) -> list[datetime]:
    """The slots whose time on the wall is between the two, so many days away."""
    walls = (
        each.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for each in around(line, zone, change, shift)
    )
    return [wall for wall in walls if change.holds(wall - shift)]


def around(line: str, zone: str, change: ClockChange, shift: timedelta = timedelta(0)) -> list[datetime]:
    schedule = PeriodicTask(enabled=True, crontab=row(line, zone), date_changed=YEAR[0])
    middle = change.moment + shift
    return list(slots(schedule, middle - timedelta(hours=20), middle + timedelta(hours=20)))


def row(line: str, zone: str) -> CrontabSchedule:
    return CrontabSchedule(**cron_fields(line), timezone=ZoneInfo(zone))

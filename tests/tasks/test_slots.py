"""A year of slots in several zones, counted; both clock changes, leap days, the 31st."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.slots import Unreadable, newest, slots
from tests.nodes.process import ROOT

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
# Clocks change in 2026 on these days: forward, back. Lord Howe's by half an hour, Kolkata's never.
CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-10-04", "2026-04-05"),
}
# In 2026, from midnight to midnight in the zone.
COUNTS = {
    # line: (Berlin, New York, Lord Howe, Kolkata)
    "30 3 * * *": (365, 365, 365, 365),
    "30 2 * * *": (365, 365, 365, 365),
    "30 1 * * *": (365, 365, 365, 365),
    "15 2,3 * * *": (730, 730, 730, 730),
    "0 * * * *": (8760, 8760, 8759, 8760),
    "*/15 * * * *": (35040, 35040, 35040, 35040),
    "*/15 2 * * *": (1460, 1456, 1458, 1460),
    "*/15 1 * * *": (1460, 1464, 1462, 1460),
    "0 */2 * * *": (4380, 4379, 4379, 4380),
    "0 0 31 * *": (7, 7, 7, 7),
    "0 0 29 2 *": (0, 0, 0, 0),
    "0 9 * * 1-5": (261, 261, 261, 261),
    "0 9 * * mon-fri": (261, 261, 261, 261),
    "0 9 13 * 5": (3, 3, 3, 3),
    "0 0 1 1 *": (1, 1, 1, 1),
}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("line", COUNTS)
def test_a_year_has_so_many_slots(line: str, zone: str) -> None:
    found = year(cron(line, zone), zone)

    assert len(found) == COUNTS[line][ZONES.index(zone)]
    assert found == sorted(set(found))


@pytest.mark.parametrize("line", COUNTS)
def test_the_docs_give_the_same_counts(line: str) -> None:
    row = " | ".join([f"`{line}`", *(f"{count:,}" for count in COUNTS[line])])

    assert f"| {row} |" in (ROOT / "docs" / "schedules.md").read_text()


@pytest.mark.parametrize(
    ("line", "zone", "expected"),
    [
        # Forward: what the clock jumps over comes once, at the moment it jumps to.
        ("30 2 * * *", "Europe/Berlin", ["03:00+02:00"]),
        ("15 2,3 * * *", "Europe/Berlin", ["03:00+02:00", "03:15+02:00"]),
        ("0 2,3 * * *", "Europe/Berlin", ["03:00+02:00"]),
        ("30 2 * * *", "America/New_York", ["03:00-04:00"]),
        ("15 2 * * *", "Australia/Lord_Howe", ["02:30+11:00"]),
        ("*/30 1-3 * * *", "Europe/Berlin", ["01:00+01:00", "01:30+01:00", "03:00+02:00", "03:30+02:00"]),
    ],
)
def test_when_the_clock_goes_forward(line: str, zone: str, expected: list[str]) -> None:
    assert on(CHANGES[zone][0], line, zone) == expected


@pytest.mark.parametrize(
    ("line", "zone", "expected"),
    [
        # Back: a fixed time comes once, what follows the time that passes in each hour that passes.
        ("30 2 * * *", "Europe/Berlin", ["02:30+02:00"]),
        ("*/30 2 * * *", "Europe/Berlin", ["02:00+02:00", "02:30+02:00", "02:00+01:00", "02:30+01:00"]),
        ("30 1 * * *", "America/New_York", ["01:30-04:00"]),
        ("45 1 * * *", "Australia/Lord_Howe", ["01:45+11:00"]),
        ("*/30 1 * * *", "Australia/Lord_Howe", ["01:00+11:00", "01:30+11:00", "01:30+10:30"]),
        ("*/30 2 * * *", "Australia/Lord_Howe", ["02:00+10:30", "02:30+10:30"]),
    ],
)
def test_when_the_clock_goes_back(line: str, zone: str, expected: list[str]) -> None:
    assert on(CHANGES[zone][1], line, zone) == expected


@pytest.mark.parametrize(("change", "hours"), [(0, 23), (1, 25)])
def test_every_hour_is_every_hour_that_passes(change: int, hours: int) -> None:
    found = on(CHANGES["Europe/Berlin"][change], "0 * * * *", "Europe/Berlin")

    assert len(found) == hours


def test_a_midnight_that_the_clock_jumps_over_comes_at_one() -> None:
    assert on("2026-04-24", "0 0 * * *", "Africa/Cairo") == ["01:00+03:00"]


def test_a_leap_day_comes_every_fourth_year() -> None:
    schedule = cron("0 0 29 2 *", "Europe/Berlin")

    found = list(slots(schedule, moment("2026-01-01"), moment("2033-01-01")))

    assert found == [datetime(2028, 2, 28, 23, tzinfo=UTC), datetime(2032, 2, 28, 23, tzinfo=UTC)]


def test_months_without_a_31st_are_left_out() -> None:
    found = year(cron("0 12 31 * *", "UTC"), "UTC")

    assert [each.month for each in found] == [1, 3, 5, 7, 8, 10, 12]


def test_a_day_and_a_weekday_have_to_be_both() -> None:
    found = year(cron("0 12 13 * 5", "UTC"), "UTC")

    assert [each.date().isoformat() for each in found] == ["2026-02-13", "2026-03-13", "2026-11-13"]


@pytest.mark.parametrize(
    ("weekday", "days"), [("7", {7}), ("0", {7}), ("5-7", {5, 6, 7}), ("fri-sun", {5, 6, 7})]
)
def test_sunday_has_two_numbers(weekday: str, days: set[int]) -> None:
    found = year(cron(f"0 12 * * {weekday}", "UTC"), "UTC")

    assert {each.isoweekday() for each in found} == days


@settings(deadline=None)  # of a machine that does other things too
@given(
    zone=st.sampled_from(ZONES),
    minute=st.sampled_from(["*", "*/7", "*/15", "0", "30", "10,50"]),
    hour=st.sampled_from(["*", "*/2", "0", "1", "2", "2,3", "0-23"]),
    start=st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    length=st.timedeltas(timedelta(), timedelta(days=3)),
)
def test_two_parts_of_a_time_have_the_slots_of_the_whole(
    zone: str, minute: str, hour: str, start: datetime, length: timedelta
) -> None:
    schedule = cron(f"{minute} {hour} * * *", zone)
    end = start + 2 * length

    parts = [*slots(schedule, start, start + length), *slots(schedule, start + length, end)]

    assert parts == list(slots(schedule, start, end))


def test_an_interval_goes_on_from_the_last_slot() -> None:
    schedule = every(6, "hours", last_run_at=moment("2026-03-28", 21))

    found = list(slots(schedule, moment("2026-01-01"), moment("2026-03-29", 10)))

    assert found == [moment("2026-03-29", 3), moment("2026-03-29", 9)]


def test_an_interval_begins_when_it_was_made() -> None:
    schedule = every(1, "days", date_changed=moment("2026-03-01", 8))

    assert next(slots(schedule, moment("2026-01-01"), moment("2027-01-01"))) == moment("2026-03-02", 8)


def test_an_interval_with_a_start_has_its_first_slot_there() -> None:
    schedule = every(1, "days", start_time=moment("2026-05-01", 8))

    found = list(slots(schedule, moment("2026-01-01"), moment("2026-05-02", 8)))

    assert found == [moment("2026-05-01", 8), moment("2026-05-02", 8)]


def test_a_slot_at_the_very_start_counts() -> None:
    schedule = cron("0 8 * * *", "UTC", start_time=moment("2026-05-01", 8))

    assert next(slots(schedule, moment("2026-01-01"), moment("2027-01-01"))) == moment("2026-05-01", 8)


def test_a_slot_at_the_very_end_does_not() -> None:
    schedule = cron("0 8 * * *", "UTC", expires=moment("2026-01-03", 8))

    found = list(slots(schedule, moment("2026-01-01"), moment("2027-01-01")))

    assert found == [moment("2026-01-01", 8), moment("2026-01-02", 8)]


def test_a_disabled_schedule_has_no_slots() -> None:
    assert year(cron("* * * * *", "UTC", enabled=False), "UTC") == []


def test_a_one_off_has_one_slot() -> None:
    assert len(year(cron("0 8 * * *", "UTC", one_off=True), "UTC")) == 1


def test_a_moment_of_the_clock_comes_once() -> None:
    clocked = ClockedSchedule(clocked_time=moment("2026-05-01", 8))
    schedule = PeriodicTask(name="once", clocked=clocked, one_off=True, date_changed=moment("2026-06-01"))

    assert list(slots(schedule, moment("2026-01-01"), moment("2027-01-01"))) == [moment("2026-05-01", 8)]


def test_a_schedule_without_a_time_says_so() -> None:
    schedule = PeriodicTask(name="empty", date_changed=moment("2026-01-01"))

    with pytest.raises(Unreadable, match="Schedule empty has neither crontab nor interval"):
        list(slots(schedule, moment("2026-01-01"), moment("2027-01-01")))


def test_sunrise_needs_a_package_and_says_which() -> None:
    row = SolarSchedule(event="sunrise", latitude=52, longitude=13)
    schedule = PeriodicTask(name="sunrise", solar=row, date_changed=moment("2026-01-01"))

    with pytest.raises(Unreadable, match="ephem"):
        list(slots(schedule, moment("2026-01-01"), moment("2027-01-01")))


@pytest.mark.parametrize("number", [9_999_999, 2_147_483_647])
def test_an_interval_past_all_calendars_is_unreadable(number: int) -> None:
    schedule = every(number, "days")

    with pytest.raises(Unreadable, match=r"out of range|magnitude"):
        list(slots(schedule, moment("2026-01-01"), moment("2027-01-01")))


@pytest.mark.parametrize(
    "schedule",
    [
        pytest.param(lambda begin: every(1, "seconds", last_run_at=begin), id="seconds"),
        pytest.param(lambda begin: every(1, "microseconds", last_run_at=begin), id="microseconds"),
        pytest.param(lambda begin: cron("* * * * *", "Europe/Berlin", last_run_at=begin), id="minutes"),
    ],
)
def test_of_a_million_slots_the_newest_are_found_at_once(schedule: object) -> None:
    found, others = newest(schedule(moment("2024-01-01")), moment("2026-01-01"), at_most=100)  # type: ignore[operator]

    assert (len(found), found[-1], others) == (100, moment("2026-01-01"), True)


def test_of_a_few_slots_all_are_found() -> None:
    schedule = cron("0 8 * * *", "UTC", last_run_at=moment("2026-01-01", 8))

    found, others = newest(schedule, moment("2026-01-04", 9), at_most=100)

    assert ([each.day for each in found], others) == ([2, 3, 4], False)


def cron(line: str, zone: str, **more: object) -> PeriodicTask:
    fields = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
    crontab = CrontabSchedule(**dict(zip(fields, line.split(), strict=True)), timezone=ZoneInfo(zone))
    return PeriodicTask(name=line, crontab=crontab, **{"date_changed": moment("2020-01-01"), **more})


def every(number: int, period: str, **more: object) -> PeriodicTask:
    interval = IntervalSchedule(every=number, period=period)
    return PeriodicTask(name=period, interval=interval, **{"date_changed": moment("2020-01-01"), **more})


def year(schedule: PeriodicTask, zone: str) -> list[datetime]:
    first, last = (datetime(each, 1, 1, tzinfo=ZoneInfo(zone)) for each in (2026, 2027))
    instant = timedelta.resolution
    return list(slots(schedule, first - instant, last - instant))


def on(day: str, line: str, zone: str) -> list[str]:
    """The slots of that day, as the zone's clock shows them."""
    found = [each.astimezone(ZoneInfo(zone)) for each in year(cron(line, zone), zone)]
    return [f"{each:%H:%M}{each.isoformat()[-6:]}" for each in found if str(each.date()) == day]


def moment(day: str, hour: int = 0) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)

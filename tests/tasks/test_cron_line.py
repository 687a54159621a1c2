from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django_celery_beat.models import CrontabSchedule

from tasks.cron_line import FIELDS, cron_fields, crontab_of, fields_of, is_fixed, is_on, parsed, wrong_fields


def row(line: str) -> CrontabSchedule:
    return CrontabSchedule(**dict(zip(FIELDS, line.split(), strict=True)))


def test_a_line_has_five_fields() -> None:
    with pytest.raises(ValueError, match="4 fields instead of five"):
        cron_fields("30 3 * *")


@pytest.mark.parametrize(
    ("weekday", "celerys"), [("7", "0"), ("5-7", "5-0"), ("1,7", "1,0"), ("0-7", "0-7"), ("*/7", "*/7")]
)
def test_sunday_is_written_as_celerys_own_scheduler_reads_it(weekday: str, celerys: str) -> None:
    assert cron_fields(f"0 9 * * {weekday}")["day_of_week"] == celerys
    assert fields_of(row(f"0 9 * * {weekday}"))["day_of_week"] == celerys


@pytest.mark.django_db
def test_the_same_line_in_the_same_zone_is_one_row() -> None:
    first = crontab_of("17 4 * * 7", "Europe/Berlin")

    assert crontab_of("17 4 * * 0", "Europe/Berlin") == first
    assert crontab_of("17 4 * * 0", "Asia/Kolkata") != first
    first.refresh_from_db()
    assert (first.timezone, first.day_of_week) == (ZoneInfo("Europe/Berlin"), "0")


@pytest.mark.django_db
def test_a_row_that_is_there_twice_is_no_mistake() -> None:
    for _ in range(2):
        CrontabSchedule.objects.create(**cron_fields("17 4 * * *"), timezone="UTC")

    assert crontab_of("17 4 * * *", "UTC").minute == "17"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("minute", "61", "'61' is no minute: it takes 0 to 59, or *, for example 30, */15 or 0,30"),
        ("hour", "", "Say which hour: 0 to 23, or * for every one"),
        ("hour", "9 17", "is no hour"),
        ("day_of_month", "0", "'0' is no day of the month: it takes 1 to 31"),
        ("month_of_year", "13", "'13' is no month"),
        ("day_of_week", "8", "'8' is no day of the week"),
        ("minute", "*/0", "'*/0' is no minute"),
        ("minute", "٣", "'٣' is no minute"),
        ("minute", "5, 6", "Write the minute without spaces"),
    ],
)
def test_each_field_that_cannot_be_read_has_its_sentence(name: str, text: str, sentence: str) -> None:
    fields = dict.fromkeys(FIELDS, "1") | {name: text}

    wrong = wrong_fields(fields)

    assert list(wrong) == [name]
    assert sentence in wrong[name]


@pytest.mark.parametrize(
    "line", ["* * * * *", "*/5 8-17 1,15 jan-jun mon-fri", "0 0 31 12 7", "30 22-6 * * sun"]
)
def test_what_beat_reads_is_not_wrong(line: str) -> None:
    assert wrong_fields(dict(zip(FIELDS, line.split(), strict=True))) == {}


@pytest.mark.parametrize(
    ("line", "fixed"),
    [("30 2 * * *", True), ("0 * * * *", False), ("*/15 2 * * *", False), ("0-59 2 * * *", False)],
)
def test_a_line_with_a_star_follows_the_time_that_passes(line: str, fixed: bool) -> None:
    assert is_fixed(row(line), parsed(row(line))) == fixed


def test_a_day_of_the_month_and_a_weekday_both_have_to_hold() -> None:
    cron = parsed(row("0 9 13 * 5"))

    assert is_on(cron, date(2026, 11, 13))
    assert not is_on(cron, date(2026, 11, 20))
    assert not is_on(cron, date(2026, 12, 13))

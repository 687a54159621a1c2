from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from jobs.services.keyed_import.moments import OUT_OF_RANGE, SKIPPED, WRONG, moment_in_utc


@pytest.fixture(autouse=True)
def _berlin(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T14:30", "2026-03-01T13:30:00"),
        ("2026-07-01 14:30:05", "2026-07-01T12:30:05"),
        ("2026-03-01T14:30:05.25", "2026-03-01T13:30:05.250000"),
        ("2026-03-01", "2026-02-28T23:00:00"),
        ("20260301T143005", "2026-03-01T13:30:05"),
        ("2026-03-01T14:30Z", "2026-03-01T14:30:00"),
        ("2026-03-01T14:30+05:30", "2026-03-01T09:00:00"),
        ("2026-03-29T01:59:59", "2026-03-29T00:59:59"),
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00"),
        ("1880-01-01T00:00:00", "1879-12-31T23:06:32"),
    ],
)
def test_a_time_is_read_off_the_clock_of_the_service_unless_it_names_a_zone(text: str, moment: str) -> None:
    found = datetime.fromisoformat(moment_in_utc(text))

    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-03-29T02:00", SKIPPED),
        ("2026-03-29T02:59:59", SKIPPED),
        ("2026-02-29T12:00", WRONG),
        ("2026-03-01T24:30", WRONG),
        ("2026-03-01T12:60", WRONG),
        ("01.03.2026 14:30", WRONG),
        ("٢٠٢٦-٠٣-٠١T14:30", WRONG),
        ("0000-01-01T00:00", WRONG),
        ("0001-01-01T00:00", OUT_OF_RANGE),
        ("9999-12-31T23:59-01:00", OUT_OF_RANGE),
        ("now", WRONG),
    ],
)
def test_what_is_no_time_is_told_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        moment_in_utc(text)


def test_a_day_that_begins_in_a_gap_has_no_midnight(settings: Any) -> None:
    settings.TIME_ZONE = "America/Sao_Paulo"

    with pytest.raises(ValueError, match=SKIPPED):
        moment_in_utc("2018-11-04T00:30:00")


@given(
    minutes=st.integers(0, 60 * 24 * 366 * 30), zone=st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe"])
)
def test_a_moment_written_as_the_clock_shows_it_is_read_back(minutes: int, zone: str) -> None:
    moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    shown = moment.astimezone(ZoneInfo(zone))

    with override_settings(TIME_ZONE=zone):
        found = datetime.fromisoformat(moment_in_utc(shown.replace(tzinfo=None).isoformat()))

    assert found == shown.replace(fold=0).astimezone(UTC)

"""Days of the service's time zone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from jobs.services.days import first_moment, last_moment, yesterday

# Length in hours; in Saint John's the clocks went from 00:01 back to 23:01, so both days hold that hour.
DAYS = [
    ("UTC", date(2026, 5, 4), 24),
    ("Europe/Berlin", date(2026, 3, 29), 23),
    ("Europe/Berlin", date(2026, 10, 25), 25),
    ("America/Sao_Paulo", date(2018, 2, 17), 25),
    ("America/Sao_Paulo", date(2018, 11, 4), 23),
    ("America/Nuuk", date(2026, 3, 28), 23),
    ("Pacific/Apia", date(2011, 12, 30), 0),
    ("America/St_Johns", date(2010, 11, 6), 25),
    ("America/St_Johns", date(2010, 11, 7), 25),
]


@pytest.mark.parametrize(("zone", "day", "hours"), DAYS)
def test_a_day_is_as_long_as_its_zone_says(zone: str, day: date, hours: int, settings: Any) -> None:
    settings.TIME_ZONE = zone

    length = last_moment(day).astimezone(UTC) - first_moment(day).astimezone(UTC)

    assert length == timedelta(hours=hours, microseconds=-1)


def test_the_first_and_the_last_day_of_all_have_their_moments(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"

    assert (first_moment(date.min).year, last_moment(date.max).year) == (1, 9999)


@time_machine.travel(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
def test_yesterday_is_that_of_the_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"

    assert yesterday() == date(2026, 3, 10)

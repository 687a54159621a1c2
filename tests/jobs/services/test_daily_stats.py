"""Orders added up by days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from jobs.exceptions import WrongInput
from jobs.models.daily_stat import DailyStat
from jobs.models.order import Order
from jobs.progress import Progress
from jobs.services.daily_stats import Days, compute_daily_stats
from tests.jobs.services.ordered import order
from tests.jobs.services.resumed import until_done

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 4)


def stored() -> dict[str, tuple[int, int, Decimal]]:
    return {str(each.day): (each.orders, each.customers, each.amount) for each in DailyStat.objects.all()}


def figures(report: Any) -> dict[str, Any]:
    names = ("created", "updated", "unchanged", "orders", "amount")
    return {name: getattr(report, name) for name in names}


def test_the_orders_of_a_day_are_counted_and_added_up() -> None:
    order("2026-05-04 00:00:00", customer="ann", amount="10.10")
    order("2026-05-04 12:00:00", customer="bob", amount="0.05")
    order("2026-05-04 23:59:59.999999", customer="ann", amount="1.00")
    order("2026-05-03 23:59:59.999999")
    order("2026-05-05 00:00:00")

    report = compute_daily_stats(date=DAY)

    assert stored() == {"2026-05-04": (3, 2, Decimal("11.15"))}
    assert figures(report) == {
        **{"created": 1, "updated": 0, "unchanged": 0},
        **{"orders": 3, "amount": Decimal("11.15")},
    }


@time_machine.travel(datetime(2026, 5, 4, 22, 30, tzinfo=UTC))
def test_without_a_day_it_is_yesterday_in_the_zone_of_the_service(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    order("2026-05-04 00:30")

    compute_daily_stats()

    assert stored() == {"2026-05-04": (1, 1, Decimal("1.00"))}


@time_machine.travel(datetime(2026, 5, 6, 12, 0, tzinfo=UTC))
def test_a_range_without_an_end_goes_to_yesterday() -> None:
    compute_daily_stats(since=DAY)

    assert list(stored()) == ["2026-05-05", "2026-05-04"]


def test_a_day_without_orders_gets_zeros() -> None:
    order("2026-05-04 12:00")
    order("2026-05-06 12:00")

    compute_daily_stats(since=DAY, until=date(2026, 5, 7))

    empty = (0, 0, Decimal(0))
    assert [each == empty for each in stored().values()] == [True, False, True, False]


def test_a_second_run_writes_nothing() -> None:
    order("2026-05-04 12:00")
    compute_daily_stats(since=DAY, until=date(2026, 5, 6))
    before = list(DailyStat.objects.values())

    report = compute_daily_stats(since=DAY, until=date(2026, 5, 6))

    assert (report.created, report.updated, report.unchanged) == (0, 0, 3)
    assert list(DailyStat.objects.values()) == before


def test_a_day_whose_orders_have_changed_is_written_anew_and_no_other() -> None:
    gone = order("2026-05-05 12:00")
    order("2026-05-04 12:00")
    compute_daily_stats(since=DAY, until=date(2026, 5, 5))
    gone.delete()

    report = compute_daily_stats(since=DAY, until=date(2026, 5, 5))

    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    assert stored()["2026-05-05"] == (0, 0, Decimal(0))


@pytest.mark.parametrize("days_known", [0, 1])
def test_a_dry_run_tells_the_same_and_changes_nothing(days_known: int) -> None:
    compute_daily_stats(since=DAY, until=date(2026, 5, 5)) if days_known else None
    order("2026-05-04 12:00")
    before = list(DailyStat.objects.values())
    given: dict[str, Any] = {"since": DAY, "until": date(2026, 5, 6)}

    preview = compute_daily_stats(**given, dry_run=True)

    assert list(DailyStat.objects.values()) == before
    assert figures(preview) == figures(compute_daily_stats(**given))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"date": DAY, "since": DAY}, "give date alone, or since and until without it"),
        ({"date": DAY, "until": DAY}, "give date alone, or since and until without it"),
        ({"until": DAY}, "The range until 2026-05-04 has no beginning; give since too"),
        ({"since": DAY, "until": date(2026, 5, 3)}, "begins on 2026-05-04 and ends before, on 2026-05-03"),
    ],
)
def test_a_combination_that_names_no_range_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(WrongInput, match=sentence):
        compute_daily_stats(**given)

    assert stored() == {}


CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Sao_Paulo", date(2018, 2, 18)),  # at midnight, back
    ("America/Sao_Paulo", date(2018, 11, 4)),  # at midnight, forward
    ("America/St_Johns", date(2010, 11, 7)),  # from 00:01 back to 23:01
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that there never was
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_where_the_clocks_change_each_order_has_its_day(zone: str, day: date, settings: Any) -> None:
    settings.TIME_ZONE = zone
    begin = datetime(day.year, day.month, day.day, 0, 0, 30, tzinfo=UTC) - timedelta(days=3)
    moments = [begin + timedelta(minutes=15 * number) for number in range(6 * 96)]
    Order.objects.bulk_create(
        Order(number=str(number), customer="ann", amount=1, placed_at=moment)
        for number, moment in enumerate(moments)
    )
    expected = {str(each): 0 for each in around(day)}
    for moment in moments:
        local = str(moment.astimezone(ZoneInfo(zone)).date())
        expected[local] = expected.get(local, 0) + 1

    compute_daily_stats(since=day - timedelta(days=2), until=day + timedelta(days=2))
    by_range = stored()
    reports = [compute_daily_stats(date=each) for each in around(day)]

    assert {each: by_range[each][0] for each in by_range} == {each: expected[each] for each in by_range}
    assert [report.unchanged for report in reports] == [1] * 5


def around(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in range(-2, 3))


def test_cut_off_before_and_after_each_commit_all_days_are_there_and_counted_once() -> None:
    for moment in ("2026-01-31 23:00", "2026-02-01 01:00", "2026-04-10 12:00"):
        order(moment)

    def attempt(progress: Progress) -> Any:
        return compute_daily_stats(since=date(2026, 1, 30), until=date(2026, 4, 12), progress=progress)

    report = until_done("compute_daily_stats", attempt)

    assert (report.created, report.orders, len(stored())) == (73, 3, 73)


def test_the_days_of_a_range_go_by_as_many_as_a_long_month_has() -> None:
    walked = Days(date(2024, 2, 28), date(2024, 4, 1))

    batches = list(walked.batches(None, 1))

    spans = [(str(days[0]), str(days[-1]), len(days), position) for days, position in batches]
    assert spans == [
        ("2024-02-28", "2024-03-29", 31, "2024-03-29"),
        ("2024-03-30", "2024-04-01", 3, "2024-04-01"),
    ]
    assert list(walked.batches("2024-03-29", 1)) == batches[1:]
    assert [walked.remaining(position) for position in (None, "2024-03-29", "2024-04-01")] == [34, 3, 0]


def test_the_last_day_that_there_is_ends_a_range() -> None:
    batches = list(Days(date(9999, 12, 30), date.max).batches(None, 1))

    assert batches == [([date(9999, 12, 30), date.max], "9999-12-31")]

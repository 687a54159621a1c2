"""What is read of the figures of the days."""

from datetime import date, timedelta

import pytest

from jobs.models import DayFigures

FIRST = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _figures(db: None) -> None:
    DayFigures.objects.bulk_create(
        DayFigures(day=FIRST + timedelta(days=number), job=job, succeeded=number, failed=1)
        for number in range(5)
        for job in ("", "greet")
    )


def test_a_range_of_days_is_read_with_both_of_its_ends_in_order() -> None:
    found = DayFigures.objects.of_all_jobs().between(FIRST + timedelta(days=1), FIRST + timedelta(days=3))

    assert [each.succeeded for each in found] == [1, 2, 3]


def test_the_figures_of_a_job_are_not_those_of_all() -> None:
    assert {each.job for each in DayFigures.objects.of_job("greet")} == {"greet"}
    assert {str(each) for each in DayFigures.objects.of_all_jobs()[:1]} == {"All jobs on 2026-05-01"}

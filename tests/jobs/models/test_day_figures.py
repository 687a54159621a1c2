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


def test_those_of_all_jobs_are_not_those_of_one() -> None:
    found = DayFigures.objects.of_all_jobs().order_by("day")

    assert [each.job for each in found] == [""] * 5
    assert str(found[0]) == "All jobs on 2026-05-01"


def test_counts_of_other_runs_are_added_and_durations_kept() -> None:
    figures = DayFigures(day=FIRST, succeeded=1, median=timedelta(seconds=3))

    figures.add(2, 4, 0)

    assert (figures.succeeded, figures.failed, figures.median) == (3, 4, timedelta(seconds=3))

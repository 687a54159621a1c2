"""Charts of the days."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from console.chart import HEIGHT, _nice, _path, charts_of
from jobs.models import DayFigures

FIRST = date(2026, 5, 1)


def day(number: int, **figures: Any) -> DayFigures:
    return DayFigures(day=FIRST + timedelta(days=number), **figures)


def heights(marks: str) -> list[float]:
    return [float(each) for each in re.findall(r'class="bar"[^>]* height="([\d.]+)"', marks)]


def test_bars_are_as_high_as_their_share_of_the_top() -> None:
    ended, failed, _ = charts_of([day(0, succeeded=50), day(1, succeeded=99, failed=1), day(2)]).charts

    assert (ended.top, heights(ended.marks)) == ("100", [HEIGHT / 2, HEIGHT])
    assert (failed.top, heights(failed.marks)) == ("1", [HEIGHT])


def test_a_day_says_its_figures_and_leads_to_its_runs() -> None:
    figures = {"succeeded": 1_200, "failed": 3, "median": timedelta(seconds=2), "p95": timedelta(seconds=70)}
    ended, failed, took = charts_of([day(0, **figures)]).charts

    title = "Fri 1 May 2026: 1,203 ended, 3 failed; half within 2.0 s, 95 % within 1 min 10 s"
    assert f"<title>{title}</title>" in ended.marks
    assert 'href="/runs/?q=since%3A2026-05-01+until%3A2026-05-01"' in ended.marks
    assert 'href="/runs/?q=state%3Afailed+since%3A2026-05-01+until%3A2026-05-01"' in failed.marks
    assert took.top == "1 min 10 s"


def test_durations_are_lines_from_the_slowest_day_down() -> None:
    days = [day(number, median=timedelta(seconds=number), p95=timedelta(seconds=20)) for number in (10, 20)]
    *_, took = charts_of(days).charts

    assert {line.name: line.path for line in took.lines} == {
        "p95": "M5 0h0L15 0",
        "median": "M5 50h0L15 0",
    }


def test_a_line_breaks_where_nothing_succeeded() -> None:
    assert _path([0.5, None, 0.25, 0.0]) == "M5 50h0M25 75h0L35 100"


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (7, 8), (9, 10), (11, 20), (2_345, 3_000)])
def test_an_axis_ends_at_a_number_that_one_likes_to_read(most: int, top: int) -> None:
    assert _nice(most) == top


def test_without_anything_there_is_still_a_chart() -> None:
    found = charts_of([day(0), day(1)])

    assert found.is_empty
    assert [heights(chart.marks) for chart in found.charts] == [[], [], []]


def test_the_table_says_the_same_newest_first() -> None:
    found = charts_of([day(0, succeeded=1), day(1, succeeded=2, failed=1)])

    assert [(row.words, row.figures.ended) for row in found.newest_first] == [
        ("Sat 2 May 2026", 3),
        ("Fri 1 May 2026", 1),
    ]
    assert found.summary == "4 runs ended in these 2 days, and 1 of them failed."

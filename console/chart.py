"""Charts of the days as SVG, drawn here: a bar or a point for each day, which leads to its runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from console.links import day_urls
from console.presentation import duration_words
from jobs.models.day_figures import DayFigures

RANGES = (7, 30, 90)  # days
STEP, HEIGHT = 10, 100  # of a day and of the whole, in the units of the drawing
GAP = 2  # between two bars
NICE = (1, 2, 3, 4, 5, 6, 8, 10)

Value = Callable[[DayFigures], float]


@dataclass(frozen=True, kw_only=True)
class Line:
    """`path` is SVG's; `name` is its style, and `label` what it shows."""

    name: str
    label: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`top` is the value of its upper edge, in words; `name` is its style; `marks` is SVG, `width` wide."""

    name: str
    title: str
    top: str
    width: int
    marks: SafeString
    lines: list[Line]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A day in the table that says the same as the charts."""

    words: str
    url: str
    figures: DayFigures


@dataclass(frozen=True, kw_only=True)
class Charts:
    days: list[DayFigures]
    charts: list[Chart]

    @property
    def is_empty(self) -> bool:
        return not any(day.ended for day in self.days)

    @property
    def newest_first(self) -> list[Row]:
        days = self.days[::-1]
        return [
            Row(words=day_words(day.day), url=url, figures=day)
            for day, url in zip(days, _urls(days), strict=True)
        ]

    @property
    def summary(self) -> str:
        ended, failed = (sum(map(value, self.days)) for value in (_ended, _failed))
        return f"{ended:,} runs ended in these {len(self.days)} days, and {failed:,} of them failed."


def charts_of(days: Sequence[DayFigures]) -> Charts:
    """How much ended, how much of it failed, and how long it took."""
    return Charts(
        days=list(days),
        charts=[
            _bars("ended", "Runs that ended", days, _ended),
            _bars("failed", "Runs that failed", days, _failed, state="failed"),
            _durations(days),
        ],
    )


def _bars(name: str, title: str, days: Sequence[DayFigures], value: Value, **asked: str) -> Chart:
    top = _nice(max(map(value, days), default=0))
    marks = _marks(days, [value(day) / top for day in days], **asked)
    return Chart(name=name, title=title, top=f"{top:,}", width=len(days) * STEP, marks=marks, lines=[])


def _durations(days: Sequence[DayFigures]) -> Chart:
    longest = max((day.p95 for day in days if day.p95), default=timedelta(0))
    lines = [
        Line(name="p95", label="95 of 100", path=_path([_share(day.p95, longest) for day in days])),
        Line(name="median", label="half of them", path=_path([_share(day.median, longest) for day in days])),
    ]
    top, marks = duration_words(longest), _marks(days, [0.0] * len(days), state="succeeded")
    title, width = "How long they took", len(days) * STEP
    return Chart(name="took", title=title, top=top, width=width, marks=marks, lines=lines)


def _marks(days: Sequence[DayFigures], shares: Sequence[float], **asked: str) -> SafeString:
    """For each day its bar, and over its whole height what is said of it and where it leads."""
    return mark_safe(  # noqa: S308 numbers, and what is escaped
        "".join(
            f'<a href="{escape(url)}" tabindex="-1"><title>{escape(_title(day))}</title>'
            f'<rect class="hit" x="{place * STEP}" width="{STEP}" height="{HEIGHT}"/>'
            f"{_bar(place * STEP, HEIGHT * share) if share else ''}</a>"
            for place, (day, url, share) in enumerate(zip(days, _urls(days, **asked), shares, strict=True))
        )
    )


def _bar(x: int, height: float) -> str:
    place = f'x="{x + GAP // 2}" y="{HEIGHT - height:.2f}"'
    return f'<rect class="bar" {place} width="{STEP - GAP}" height="{height:.2f}"/>'


def _urls(days: Sequence[DayFigures], **asked: str) -> list[str]:
    return day_urls((day.day for day in days), **asked)


def _title(day: DayFigures) -> str:
    words = f"{day_words(day.day)}: {day.ended:,} ended, {day.failed:,} failed"
    if day.median is None or day.p95 is None:
        return words
    return f"{words}; half within {duration_words(day.median)}, 95 % within {duration_words(day.p95)}"


def day_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"


def _share(value: timedelta | None, of: timedelta) -> float | None:
    return None if value is None else value / of if of else 0.0


def _path(shares: Sequence[float | None]) -> str:
    """A line through the middles of the days, broken where a day has no value; a day alone is a point."""
    path, is_down = "", False
    for place, share in enumerate(shares):
        if share is not None:
            x, y = place * STEP + STEP / 2, round(HEIGHT * (1 - share), 2)
            path += f"L{x:g} {y:g}" if is_down else f"M{x:g} {y:g}h0"
        is_down = share is not None
    return path


def _nice(most: float) -> int:
    """The next number with one digit that one likes to read on an axis."""
    size = 1
    while most > 10 * size:
        size *= 10
    return next(size * each for each in NICE if size * each >= most)


def _ended(day: DayFigures) -> int:
    return day.ended


def _failed(day: DayFigures) -> int:
    return day.failed

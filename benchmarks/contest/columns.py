"""The columns of which a contest's table is made; each makes the cell of a contestant."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from benchmarks.contest.contestant import Contestant

Column = Callable[[Contestant], str]
UNKNOWN = "-"


def table(columns: Mapping[str, Column], contestants: Sequence[Contestant]) -> str:
    lines = [["what", *columns], ["---"] * (1 + len(columns))]
    lines += [[each.title, *(column(each) for column in columns.values())] for each in contestants]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def rows(each: Contestant) -> str:
    return f"{each.rows:,}"


def rate(each: Contestant) -> str:
    return _spread(each.rates, "{:,.0f}")


def seconds(each: Contestant) -> str:
    return _spread(each.seconds, "{:,.2f}")


def ratio(each: Contestant) -> str:
    """Of the rates: below 1 where it is slower than its limit."""
    return _ratio(each.rates, (each.limit or each).rates)


def ratio_of_seconds(each: Contestant) -> str:
    """Above 1 where it is slower than its limit."""
    return _ratio(each.seconds, (each.limit or each).seconds)


def limit(each: Contestant) -> str:
    """With whom the ratio compares."""
    return each.limit.title if each.limit else UNKNOWN


def peak(each: Contestant) -> str:
    """In megabytes."""
    return UNKNOWN if each.outside else f"{median(round_.megabytes for round_ in each.rounds):.0f}"


def longest(each: Contestant) -> str:
    """In milliseconds."""
    known = [round_.longest for round_ in each.rounds if round_.longest is not None]
    return f"{1_000 * median(known):,.0f}" if known else UNKNOWN


RATES: dict[str, Column] = {
    "rows": rows,
    "rows/s, median (min-max)": rate,
    "ratio": ratio,
    "to": limit,
    "peak MB": peak,
}
TRANSACTIONS: dict[str, Column] = {
    "rows": rows,
    "rows/s, median (min-max)": rate,
    "ratio to the first": ratio,
    "peak MB": peak,
    "longest transaction, ms": longest,
}


def _spread(figures: Sequence[float], form: str) -> str:
    low, middle, high = (form.format(of(figures)) for of in (min, median, max))
    return f"{middle} ({low}-{high})"


def _ratio(figures: Sequence[float], limits: Sequence[float]) -> str:
    """Within each round, since a shared machine is not equally fast in all; the limit may be left out."""
    if not limits:
        return UNKNOWN
    return f"{median(a / b for a, b in zip(figures, limits, strict=True)):.3g}"

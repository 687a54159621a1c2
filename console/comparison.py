"""A run beside the one before it: what was wanted, how long it took, and what came of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models.expressions import RawSQL

from console.presentation import duration_words, plain, shown
from jobs.models.run import Run
from jobs.run_report import veiled

FIGURES_SHOWN = 40
LONGEST = 500  # characters of a parameter
# Of the same job, over, and a preview if this one is; not looked for among all that a busy job ever did.
PREVIOUS = """CASE WHEN jobs_run.finished_at IS NOT NULL THEN (
    SELECT other.id FROM (
        SELECT id, parameters, finished_at FROM jobs_run older
        WHERE older.job = jobs_run.job AND older.id < jobs_run.id ORDER BY older.id DESC LIMIT 100
    ) other
    WHERE other.finished_at IS NOT NULL AND (other.parameters @> '{"dry_run": true}')
        = (jobs_run.parameters @> '{"dry_run": true}')
    ORDER BY other.id DESC LIMIT 1) END"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """`change` is empty where it cannot be reckoned."""

    name: str
    before: str
    now: str
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`parameters` are those that differ."""

    other: Run
    parameters: list[Row]
    figures: list[Row]


def previous() -> RawSQL:
    """The key of the run to compare one with, once it is over."""
    return RawSQL(PREVIOUS, ())  # noqa: S611 ours, and constant


def compare(run: Run, other: Run) -> Comparison:
    return Comparison(
        other=other,
        parameters=list(_parameters(run.parameters, other.parameters)),
        figures=[*_durations(run, other), *_figures(run, other)],
    )


def _parameters(now: dict[str, Any], before: dict[str, Any]) -> Iterator[Row]:
    now, before = veiled(now), veiled(before)
    for name in {**before, **now}:
        if now.get(name) != before.get(name):
            old, new = _text(before, name), _text(now, name)
            change = "another file" if old == new else ""
            yield Row(name=name.replace("_", " "), before=_short(old), now=_short(new), change=change)


def _durations(run: Run, other: Run) -> Iterator[Row]:
    if run.duration and other.duration:
        seconds = (run.duration - other.duration).total_seconds()
        change = f"{_sign(seconds)}{duration_words(timedelta(seconds=abs(seconds)))}"
        words = duration_words(other.duration), duration_words(run.duration)
        yield Row(name="duration", before=words[0], now=words[1], change=change)


def _figures(run: Run, other: Run) -> Iterator[Row]:
    now, before = dict(_flat(_made(run))), dict(_flat(_made(other)))
    for name in list({**before, **now})[:FIGURES_SHOWN]:
        old, new = (shown(each[name]).text if name in each else "–" for each in (before, now))
        yield Row(name=name, before=old, now=new, change=_change(before.get(name), now.get(name)))


def _made(run: Run) -> Any:
    return run.counters if run.result is None else run.result


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """The numbers in it, each with the names that lead to it."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _flat(each, f"{name}, {key}" if name else str(key).replace("_", " "))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name or "result", value


def _change(before: float | None, now: float | None) -> str:
    if before is None or now is None:
        return ""
    return "same" if now == before else f"{_sign(now - before)}{shown(abs(now - before)).text}"


def _text(values: dict[str, Any], name: str) -> str:
    if name not in values:
        return "–"
    return shown(values[name]).text or json.dumps(plain(values[name]), ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _sign(number: float) -> str:
    return "−" if number < 0 else "+"

"""What a check of the service has found: how bad each thing is, a figure, and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from jobs.exceptions import FailedWithResult

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


class Level(StrEnum):
    """From good to bad."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`advice` is a sentence that says what to do; empty where all is well."""

    level: Level
    figure: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """`status` is the worst level; `checks` has a finding for each thing that was looked at."""

    status: Level
    checks: dict[str, Finding]


def good(figure: str) -> Finding:
    return Finding(level=Level.OK, figure=figure)


def warning(figure: str, advice: str) -> Finding:
    return Finding(level=Level.WARN, figure=figure, advice=advice)


def failure(figure: str, advice: str) -> Finding:
    return Finding(level=Level.FAIL, figure=figure, advice=advice)


def worst(found: Iterable[Finding]) -> Level:
    levels = list(Level)
    return max((each.level for each in found), key=levels.index, default=Level.OK)


def refuse_failures(diagnosis: Diagnosis) -> None:
    """Raises FailedWithResult where a check has failed; a warning is none."""
    if diagnosis.status is Level.FAIL:
        advice = (f"{name}: {each.advice}" for name, each in failed(diagnosis.checks).items())
        raise FailedWithResult(f"{sentence(diagnosis)}.\n" + "\n".join(advice), diagnosis)


def sentence(diagnosis: Diagnosis) -> str:
    """`2 of 8 checks failed: workers, beat`."""
    names = failed(diagnosis.checks)
    if names:
        return f"{len(names)} of {len(diagnosis.checks)} checks failed: {', '.join(names)}"
    warned = [name for name, each in diagnosis.checks.items() if each.level is Level.WARN]
    about = f"; look at {', '.join(warned)}" if warned else ""
    return f"None of {len(diagnosis.checks)} checks failed{about}"


def failed(checks: Mapping[str, Finding]) -> dict[str, Finding]:
    return {name: each for name, each in checks.items() if each.level is Level.FAIL}


def duration_words(length: timedelta) -> str:
    """In the biggest unit of which there are two at least: 90 s, 25 min, 3 h, 2 d."""
    seconds = length.total_seconds()
    for size, unit in UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size:,.0f} {unit}"
    if seconds >= 2:
        return f"{seconds:,.0f} s"
    return f"{seconds * 1_000:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1_000:,.1f} ms"

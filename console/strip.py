"""The last runs of a job beside each other, the newest at the right: as high as they took long.

A state is told by its shape too: what failed reaches below the line, what was cancelled is hollow, and what
has not ended is dashed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from console.presentation import duration_words, look_of
from jobs.models.run import Run
from jobs.models.state import FINAL, State

RUNS = 30
STEP, BAR = 8, 6
LINE, FOOT = 30, 36  # where bars stand, and how far below it those that failed reach
LOWEST = 4


@dataclass(frozen=True, kw_only=True)
class Strip:
    """`bars` is SVG; `words` say the same to those who cannot point at a bar."""

    bars: SafeString
    words: str
    width: int = RUNS * STEP
    height: int = FOOT


def strip_of(runs: Sequence[Run]) -> Strip:
    """Of runs that come newest first."""
    longest = max((run.duration for run in runs if run.is_final and run.duration), default=timedelta(0))
    first, address = (RUNS - len(runs)) * STEP, reverse("runs")
    bars = (
        _bar(run, first + place * STEP, longest, f"{address}{run.pk}/")
        for place, run in enumerate(reversed(runs))
    )
    return Strip(bars=mark_safe("".join(bars)), words=_words(runs))  # noqa: S308


def _bar(run: Run, x: int, longest: timedelta, url: str) -> str:
    share = min(1.0, run.duration / longest) if run.duration and longest else 0.0
    # By the root: beside one that took an hour, those of a minute are to be told from those of a second.
    height = LOWEST + (LINE - LOWEST) * share**0.5
    bottom = FOOT if run.state == State.FAILED else LINE
    place = f'x="{x + 1}" y="{LINE - height:.1f}" width="{BAR}" height="{bottom - LINE + height:.1f}"'
    hit = f'<rect class="hit" x="{x}" width="{STEP}" height="{FOOT}"/>'
    title = f"<title>{escape(_title(run))}</title>"
    return f'<a href="{url}" tabindex="-1">{title}{hit}<rect class="{look_of(run).name}" {place}/></a>'


def _title(run: Run) -> str:
    begun = (run.started_at or run.created_at).astimezone(timezone.get_default_timezone())
    length = f", {duration_words(run.duration)}" if run.duration is not None else ""
    return f"{begun.day} {begun:%b %H:%M}: {look_of(run).word}{length}"


def _words(runs: Sequence[Run]) -> str:
    ended = [run.state for run in runs if run.state in FINAL]
    if not ended:
        return ""
    counts = ((ended.count(state), state.value) for state in (State.FAILED, State.CANCELLED))
    others = [f"{count} {word}" for count, word in counts if count]
    return f"{ended.count(State.SUCCEEDED)} of {len(ended)} succeeded" + "".join(
        f", {each}" for each in others
    )

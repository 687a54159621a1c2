"""What became of a schedule's slots, to look at."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from console.presentation import Look
from jobs.models.slot import Outcome, Slot

SHOWN = 60
LOOKS = {
    Outcome.RAN: Look(name="ran", word="Ran", glyph="●"),
    Outcome.LATE: Look(name="late", word="Ran late", glyph="◐"),
    Outcome.MISSED: Look(name="missed", word="Missed", glyph="○"),
    Outcome.SKIPPED: Look(name="skipped", word="Skipped", glyph="–"),
    Outcome.REFUSED: Look(name="refused", word="Refused", glyph="✕"),
}


class Mark(NamedTuple):
    """A slot of a strip; `run` is empty where it has none."""

    planned_for: datetime
    outcome: Outcome
    run: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The latest slots, as `Slot.objects.strips` gives them; what is shown of them is made once."""

    text: str
    zone: str

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The last one first."""
        return _marks(self.text)

    @property
    def words(self) -> str:
        """All of them, to who does not see them."""
        return _words(self.text)

    @property
    def cells(self) -> SafeString:
        return _cells(self.text, self.zone)


def look_of_slot(slot: Slot | Mark) -> Look:
    return LOOKS[Outcome(slot.outcome)]


@lru_cache(1_000)
def _marks(text: str) -> tuple[Mark, ...]:
    return tuple(
        Mark(datetime.fromtimestamp(seconds, UTC), Outcome(outcome), run or "", reason)
        for seconds, outcome, run, reason in json.loads(text)
    )


@lru_cache(1_000)
def _words(text: str) -> str:
    marks = _marks(text)
    if not marks:
        return "No slot yet"
    counts = Counter(mark.outcome for mark in marks)
    said = ", ".join(f"{counts[each]} {LOOKS[each].word.lower()}" for each in Outcome if counts[each])
    return f"Of the last {len(marks)}: {said}"


@lru_cache(1_000)
def _cells(text: str, zone: str) -> SafeString:
    """No stop of the tabulator: the schedule's page has the same runs in a table."""
    runs, clock = reverse("runs"), ZoneInfo(zone)
    cells = "".join(_cell(mark, clock, runs) for mark in reversed(_marks(text)))
    return mark_safe(cells)  # noqa: S308 each is escaped


def _cell(mark: Mark, clock: ZoneInfo, runs: str) -> str:
    look, local = look_of_slot(mark), mark.planned_for.astimezone(clock)
    title = escape(f"{local:%a} {local.day} {local:%b, %H:%M %Z}: {look.word}. {mark.reason}".rstrip(". "))
    if mark.run:
        return f'<a class="{look.name}" href="{runs}{escape(mark.run)}/" title="{title}" tabindex="-1"></a>'
    return f'<span class="{look.name}" title="{title}"></span>'

"""Values in words: states, durations, and JSON as tables."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs.catalog import JOBS
from jobs.models.run import Run
from jobs.models.state import Awaits, State, Wish
from jobs.secret import masked

ITEMS_SHOWN = 100
DEPTH_SHOWN = 6
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


@dataclass(frozen=True, kw_only=True)
class Look:
    """A state as a word and a shape, so that nobody has to tell colours apart; `name` is its style."""

    name: str
    word: str
    glyph: str


LOOKS = {
    State.QUEUED: Look(name="queued", word="Queued", glyph="○"),
    State.RUNNING: Look(name="running", word="Running", glyph="▶"),
    State.PAUSED: Look(name="paused", word="Paused", glyph="‖"),
    State.SUCCEEDED: Look(name="succeeded", word="Succeeded", glyph="✓"),
    State.FAILED: Look(name="failed", word="Failed", glyph="✕"),
    State.CANCELLED: Look(name="cancelled", word="Cancelled", glyph="■"),
}
WAITING = Look(name="queued", word="Waits for its runs", glyph="⋯")
APPROVAL = Look(name="paused", word="Waits for an approval", glyph="⚖")
RETRYING = Look(name="queued", word="Waits for its next attempt", glyph="↻")
# A wish is granted at the next checkpoint: until then both are true.
WISHED = {
    Wish.PAUSE: Look(name="running", word="Pausing", glyph="◧"),
    Wish.CANCEL: Look(name="running", word="Cancelling", glyph="◧"),
    Wish.KILL: Look(name="running", word="Being killed", glyph="◧"),
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """JSON for a template: one of a text, named values, or items; `left_out` counts those past the limit."""

    text: str = ""
    named: tuple[tuple[str, "Shown"], ...] = ()
    items: tuple["Shown", ...] = ()
    left_out: int = 0
    is_number: bool = False


def job_title(name: str) -> str:
    """Of a job that has left the catalog, its name."""
    return JOBS[name].title if name in JOBS else name


def look_of(run: Run) -> Look:
    if run.state == State.QUEUED and run.awaits:
        return APPROVAL if run.awaits == Awaits.PERSON else WAITING
    if run.waits_for_retry:
        return RETRYING
    if run.state == State.RUNNING and run.wish:
        return WISHED[Wish(run.wish)]
    return LOOKS[State(run.state)]


def announcement(run: Run) -> str:
    """The state for a screen reader: the share in tens, so that it does not speak each second."""
    word = look_of(run).word
    return word if run.is_final or run.percent is None else f"{word}, {run.percent // 10 * 10} % done"


def shown(value: Any, depth: int = 0) -> Shown:
    """Secrets are masked at every depth."""
    value = masked(value)
    if depth > DEPTH_SHOWN:
        return Shown(text="…")
    if isinstance(value, dict) and value:
        return Shown(named=tuple((_words(str(name)), shown(each, depth + 1)) for name, each in value.items()))
    if isinstance(value, list) and value:
        items = tuple(shown(each, depth + 1) for each in value[:ITEMS_SHOWN])
        return Shown(items=items, left_out=max(0, len(value) - ITEMS_SHOWN))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Shown(text=_text(value), is_number=is_number)


def duration_words(duration: timedelta | None) -> str:
    """Two units at most: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if duration is None:
        return "–"
    seconds = max(0.0, duration.total_seconds())
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    for index, (size, unit) in enumerate(UNITS):
        if whole >= size:
            below, name = UNITS[index + 1] if index + 1 < len(UNITS) else (1, "s")
            rest = whole % size // below
            return f"{whole // size} {unit}" + (f" {rest} {name}" if rest else "")
    return f"{whole} s"


def since_words(length: timedelta) -> str:
    """In whole seconds; static/console/times.js says the same."""
    seconds = max(0, int(length.total_seconds()))
    return f"{seconds} s" if seconds < 60 else duration_words(timedelta(seconds=seconds))


def ago_words(age: timedelta) -> str:
    """One unit: 3 min ago, in 2 h; static/console/times.js says the same."""
    seconds = abs(age.total_seconds())
    if seconds < 5:
        return "now"
    size, unit = next(((size, unit) for size, unit in (*UNITS, (1, "s")) if seconds >= size))
    words = f"{int(seconds // size)} {unit}"
    return f"{words} ago" if age > timedelta(0) else f"in {words}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _text(value: Any) -> str:
    if value is None or value in ({}, []):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.10g}"
    return without_directory(str(value))


def plain(value: Any) -> Any:
    """JSON as anybody may read it, at every depth: no secret, and no place on the server."""
    value = masked(value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return without_directory(value) if isinstance(value, str) else value


def without_directory(text: str) -> str:
    # Where uploads lie on the server is nobody's business; how the file was called is.
    uploads = str(settings.UPLOADS)
    return Path(text).name if text.startswith(uploads) else text

"""A run in words that a terminal and the console have in common."""

from typing import Any

from jobs.models.run import Run
from jobs.models.state import Awaits, State, Wish

PHASES = {Wish.PAUSE: "pausing", Wish.CANCEL: "cancelling", Wish.KILL: "being killed"}


def phase(run: Run) -> str:
    """Its state; where it runs and is asked to stop, that: both are true until its next checkpoint."""
    if run.state == State.RUNNING and run.wish:
        return PHASES[Wish(run.wish)]
    if run.state == State.QUEUED and run.awaits:
        return "waiting for an approval" if run.awaits == Awaits.PERSON else "waiting"
    return "retrying" if run.waits_for_retry else str(run.state)


def first_line(text: str) -> str:
    """Of an error: what is below it are details."""
    return text.partition("\n")[0]


def amount(run: Run) -> str:
    """How far it is: 1,200 of 5,000 (24 %)."""
    if run.total is None:
        return f"{run.done:,}" if run.done else ""
    share = "" if run.percent is None else f" ({run.percent} %)"
    return f"{run.done:,} of {run.total:,}{share}"


def place(cursor: Any) -> str:
    """How much of each walk is behind a cursor: "after 12,000 (write)"; empty at the beginning."""
    done = {step: each["done"] for step, each in (cursor or {}).items()}
    # Walks of one item are steps that are done once; beside a long one they say little.
    shown = {step: count for step, count in done.items() if count > 1} or done
    counts = (f"{count:,} ({step})" for step, count in sorted(shown.items(), key=lambda each: -each[1]))
    return f"after {', '.join(counts)}" if shown else ""

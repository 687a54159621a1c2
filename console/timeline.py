"""What became of a run, step by step: when, and who did it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from jobs.models.attempt import Attempt
from jobs.models.audit_log import AuditLog
from jobs.models.run import Run
from jobs.models.slot import Outcome
from jobs.models.state import State
from jobs.sentence import Fact, Sentence
from jobs.wording import first_line, place

# An attempt ends with a statement of its own; who asked for a stop is recorded in the same transaction.
SAME_MOMENT = timedelta(seconds=2)
SHORT = 200  # characters of an error


@dataclass(frozen=True, kw_only=True)
class Event:
    """`who` is a person, where it was one; `after` how long it came after the one before."""

    at: datetime
    what: Sentence
    who: str = ""
    after: timedelta | None = None


def timeline(run: Run, attempts: list[Attempt], audit: list[AuditLog]) -> list[Event]:
    """From the first to the last; a run of a schedule has `planned_for` and `slot_outcome`."""
    events = [
        *_planned(run),
        _created(run),
        *_attempted(run, attempts),
        *_asked(run, audit),
        *_ended(run, attempts),
    ]
    events.sort(key=lambda event: event.at)
    # Not how long ago they are: an open page would be told so each second.
    return events[:1] + [replace(event, after=event.at - before.at) for before, event in pairwise(events)]


def _planned(run: Run) -> Iterator[Event]:
    if planned := getattr(run, "planned_for", None):
        outcome: str = run.slot_outcome  # type: ignore[attr-defined] # annotated with the other
        facts = {"schedule": run.schedule, "outcome": PLANS.get(outcome, "")}
        yield Event(at=planned, what=Sentence(PLANNED, facts))


def _created(run: Run) -> Event:
    facts = {"origin": run.get_origin_display().lower(), "schedule": run.schedule}
    text = CREATED_BY_SCHEDULE if run.schedule else CREATED
    return Event(at=run.created_at, what=Sentence(text, facts), who=_name(run))


def _attempted(run: Run, attempts: list[Attempt]) -> Iterator[Event]:
    if run.started_at and not attempts:  # a first one is written with its first report
        yield Event(at=run.started_at, what=Sentence(BEGAN, {"number": 1, "worker": run.worker}))
    for each in attempts:
        facts: dict[str, Fact] = {"number": each.number, "worker": each.worker, "place": place(each.cursor)}
        yield Event(at=each.started_at, what=Sentence(WENT_ON if each.cursor else BEGAN, facts))
        if each.finished_at:
            error = first_line(each.error_message)[:SHORT]
            text = OUTCOMES.get(each.outcome, ENDED_OTHERWISE) + (": {error}" if error else ".")
            facts = {"number": each.number, "outcome": each.outcome, "error": error}
            yield Event(at=each.finished_at, what=Sentence(text, facts))


def _asked(run: Run, audit: list[AuditLog]) -> Iterator[Event]:
    for entry in audit:
        reason = str(entry.details.get("reason", ""))
        text = "{action}: {reason}" if reason else "{action}"
        facts = {"action": entry.action[:1].upper() + entry.action[1:], "reason": reason}
        yield Event(at=entry.created_at, what=Sentence(text, facts), who=str(entry.user or ""))
    wished = run.wished_at
    if wished and not any(abs(entry.created_at - wished) < SAME_MOMENT for entry in audit):
        yield Event(at=wished, what=Sentence(WISHED, {"wish": run.wish or "stop"}))


def _ended(run: Run, attempts: list[Attempt]) -> Iterator[Event]:
    """Where no attempt says so already."""
    if run.finished_at and all(each.outcome != run.state for each in attempts):
        yield Event(at=run.finished_at, what=Sentence(ENDS[State(run.state)]))


def _name(run: Run) -> str:
    return run.started_by.get_username() if run.started_by else ""


PLANNED = "Planned for this moment by the schedule {schedule}{outcome}"
PLANS: dict[str, str] = {Outcome.LATE: "; it came late", Outcome.MISSED: "; it was missed"}
CREATED = "Created, from {origin}"
CREATED_BY_SCHEDULE = "Created by the schedule {schedule}"
BEGAN = "Attempt {number} began on {worker}"
WENT_ON = "Attempt {number} went on {place}, on {worker}"
OUTCOMES = {
    "succeeded": "Attempt {number} succeeded",
    "failed": "Attempt {number} failed",
    "cancelled": "Attempt {number} was cancelled",
    "paused": "Attempt {number} stopped for a pause",
    "retried": "Attempt {number} failed, to be tried again",
    "yielded": "Attempt {number} handed the run back",
    "waiting": "Attempt {number} left its worker, to wait for the runs below",
    "crashed": "Attempt {number} crashed",
}
ENDED_OTHERWISE = "Attempt {number} ended: {outcome}"
WISHED = "Asked to {wish}, by a command, by code, or among many runs"
ENDS = {
    State.SUCCEEDED: "Succeeded",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
}

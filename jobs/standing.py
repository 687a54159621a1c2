"""How a run stands, in one sentence: the same at a terminal and in the console."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from jobs.models.run import Run
from jobs.models.state import State, Wish
from jobs.sentence import Sentence
from jobs.waiting import reasons
from jobs.wording import place


def standings(runs: list[Run]) -> dict[UUID, Sentence]:
    """Of runs that come from `Run.objects.placed()`."""
    waiting = reasons(runs)
    return {run.pk: _standing(run, waiting) for run in runs}


def _standing(run: Run, waiting: Mapping[UUID, Sentence]) -> Sentence:
    if run.state == State.QUEUED:
        return waiting[run.pk]
    if run.state == State.RUNNING:
        return _running(run)
    facts: dict[str, Any] = {"attempt": run.attempt, "place": place(run.cursor)}
    facts["ended"] = run.finished_at or timezone.now()
    if run.started_at:
        facts["duration"] = run.duration
    return Sentence(_text(run), facts)


def _running(run: Run) -> Sentence:
    facts: dict[str, Any] = {"worker": run.worker, "began": run.started_at or run.created_at}
    if run.lease_until and run.lease_until < timezone.now():
        return Sentence(SILENT, {**facts, "until": run.lease_until})
    if run.wish:
        return Sentence(WISHED[Wish(run.wish)], {**facts, "asked": run.wished_at or timezone.now()})
    return Sentence(RUNNING, facts)


def _text(run: Run) -> str:
    if run.state == State.PAUSED:
        return PAUSED if run.cursor else PAUSED_AT_BEGIN
    if not run.started_at:
        return NEVER_BEGAN
    return ENDED[State(run.state)]


RUNNING = "It began {began}, and runs on {worker}."
SILENT = (
    "Its worker, {worker}, should have been heard from by {until} and was not: another one takes the run "
    "over in a moment."
)
WISHED = {
    Wish.PAUSE: "Asked to pause {asked}: it stops at its next checkpoint, and can go on from there.",
    Wish.CANCEL: (
        "Asked to cancel {asked}: it stops at its next checkpoint; if it does not, its process is killed "
        "after a grace."
    ),
    Wish.KILL: "Asked to be killed {asked}: its worker ends its process within seconds.",
}
PAUSED = "It is paused. Resumed, it goes on {place}."
PAUSED_AT_BEGIN = "It is paused. Resumed, it begins at the beginning."
NEVER_BEGAN = "It ended {ended}, and never began."
ENDED = {
    State.SUCCEEDED: "It succeeded {ended}, after {duration}.",
    State.FAILED: "It failed {ended}, after {duration}, in attempt {attempt}.",
    State.CANCELLED: "It was cancelled {ended}, after {duration}.",
}

"""The states of a run, each arrow between them with its reason, and what may be wished of a running one."""

from typing import NamedTuple

from django.db.models import TextChoices


class State(TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Wish(TextChoices):
    """What a running attempt is asked for; only its owner, or the reaper of a dead one, acts on it."""

    NONE = ""
    PAUSE = "pause"
    CANCEL = "cancel"
    KILL = "kill"


class Awaits(TextChoices):
    """What a queued run waits for besides its time; no worker takes it until it has been woken."""

    NOTHING = ""
    ENDS = "ends"  # of the runs below it
    SHARES = "shares"  # the same, and its progress is the sum of theirs meanwhile
    PERSON = "person"  # who approves it, or declines


class Transition(NamedTuple):
    source: State
    target: State
    reason: str


TRANSITIONS = (
    Transition(State.QUEUED, State.RUNNING, "a worker or a terminal claimed it"),
    Transition(State.QUEUED, State.PAUSED, "it was paused before it began"),
    Transition(State.QUEUED, State.CANCELLED, "it was cancelled before it began"),
    Transition(State.PAUSED, State.QUEUED, "it was resumed"),
    Transition(State.PAUSED, State.CANCELLED, "it was cancelled while it was paused"),
    Transition(State.RUNNING, State.SUCCEEDED, "the function returned"),
    Transition(
        State.RUNNING, State.FAILED, "the function raised, ran out of time, or its workers kept dying"
    ),
    Transition(
        State.RUNNING,
        State.QUEUED,
        "the job retries its error or waits for runs below it; its worker was told to stop, or died",
    ),
    Transition(
        State.RUNNING, State.PAUSED, "it stopped at a checkpoint as it was asked to, or its terminal died"
    ),
    Transition(
        State.RUNNING, State.CANCELLED, "it stopped at a checkpoint as it was asked to, or was killed"
    ),
)

FINAL = frozenset(set(State) - {each.source for each in TRANSITIONS})
ACTIVE = frozenset(set(State) - FINAL)


def sources(target: State) -> list[State]:
    """The states from which one may come to that one."""
    return [each.source for each in TRANSITIONS if each.target == target]

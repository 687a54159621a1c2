"""The states of a run, and each arrow between them with its reason."""

from typing import NamedTuple

from django.db.models import TextChoices


class State(TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Transition(NamedTuple):
    source: State
    target: State
    reason: str


TRANSITIONS = (
    Transition(State.QUEUED, State.RUNNING, "a worker or a terminal claimed it"),
    Transition(State.QUEUED, State.CANCELLED, "it was cancelled before it began"),
    Transition(State.RUNNING, State.SUCCEEDED, "the function returned"),
    Transition(State.RUNNING, State.FAILED, "the function raised, ran out of time, or its worker died"),
    Transition(
        State.RUNNING,
        State.QUEUED,
        "the function raised an error that its job retries, and the run waits for its next attempt",
    ),
    Transition(State.RUNNING, State.CANCELLED, "it stopped at a checkpoint, as it was asked to"),
)

ACTIVE = frozenset({State.QUEUED, State.RUNNING})
FINAL = frozenset(set(State) - {each.source for each in TRANSITIONS})


def sources(target: State) -> list[State]:
    """The states from which one may come to that one."""
    return [each.source for each in TRANSITIONS if each.target == target]

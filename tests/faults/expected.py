"""What a row has to say by the specification, who has it in mind, and the row as it was read."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jobs.models.run import Run
from jobs.models.run_queryset import CRASH_LIMIT, UNLIKE
from jobs.models.state import FINAL, State, Wish


@dataclass(eq=False)
class Attempt:
    """As a process has it in mind: it does not hear when it is over."""

    run: Run
    worker: int
    cursor: int
    heard: Wish = Wish.NONE
    batch: Any = None
    size: int = 0


@dataclass
class Expected:
    """What the row has to say. `owner` is the one attempt that may write."""

    parent: "Expected | None" = None
    state: State = State.QUEUED
    wish: Wish = Wish.NONE
    attempt: int = 0
    failures: int = 0
    crashes: int = 0
    cursor: int = 0
    is_attended: bool = False
    owner: Attempt | None = field(default=None, repr=False)
    is_over: bool = False  # its lease

    def leave(self, state: State) -> None:
        self.state, self.owner, self.is_over = state, None, False
        if state not in FINAL:
            self.wish = Wish.NONE

    def crash(self) -> None:
        wished, poison = self.wish, self.crashes + 1 >= CRASH_LIMIT
        self.crashes += 1
        if wished in (Wish.CANCEL, Wish.KILL):
            self.leave(State.CANCELLED)
        elif poison and not self.is_attended:
            self.leave(State.FAILED)
        else:
            self.leave(State.PAUSED if self.is_attended or wished == Wish.PAUSE else State.QUEUED)

    def ask(self, wish: Wish) -> None:
        waits = (State.QUEUED,) if wish == Wish.PAUSE else (State.QUEUED, State.PAUSED)
        if self.state == State.RUNNING and self.wish in UNLIKE[wish]:
            self.wish = wish
        elif self.state in waits:
            self.leave(State.PAUSED if wish == Wish.PAUSE else State.CANCELLED)

    def is_below(self, other: "Expected") -> bool:
        return self is other or (self.parent is not None and self.parent.is_below(other))


class Row(NamedTuple):
    pk: Any
    state: str
    wish: str
    attempt: int
    failures: int
    crashes: int
    cursor: int
    is_attended: bool
    is_finished: bool
    token: Any
    has_lease: bool
    effects: list[int]

"""What can go wrong, each error with its facts and its own sentence.

NightshiftError
├── UnknownJob          no job of that name
├── WrongDeclaration    a Job that cannot be: found by `manage.py check`, or when it is first used
├── WrongParameters     parameters that a job does not take
├── WrongInput          the data a job was given is not what it can work on
├── FailedWithResult    a job came to its end, and what it found makes its run fail
├── OverlapRefused      the job is active already and may not run twice
├── NotAllowed          a person may not do that
├── NotConfirmed        a risky job, and the person has not said what it asks for
├── KeyRefused          the key of a call was used before, with other parameters
├── CalledJobFailed     a job that this one has called did not succeed
├── NotResumable        the run that is to go on is not paused
└── LeaseLost           this attempt is no longer the run's: it may write nothing more
StopRequested           unwinds a job at a checkpoint; a BaseException, which `except Exception` does not eat
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Any


class NightshiftError(Exception):
    """The root: its text is a sentence for the person who reads it."""


class UnknownJob(NightshiftError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        super().__init__(f"There is no job named {name!r}{did_you_mean(name, known)}")


class WrongDeclaration(NightshiftError):
    def __init__(self, sentence: str, hint: str) -> None:
        self.hint = hint
        super().__init__(sentence)


class WrongParameters(NightshiftError):
    """`errors` maps a parameter's name to what is wrong with it; the empty name is for the whole."""

    def __init__(self, job: str, errors: dict[str, str]) -> None:
        self.job = job
        self.errors = errors
        super().__init__("; ".join(errors.values()))


class WrongInput(NightshiftError):
    """Raised by service functions before anything was changed."""


class FailedWithResult(NightshiftError):
    """Raised by service functions in place of returning: the run fails, and keeps `result` all the same."""

    def __init__(self, sentence: str, result: Any) -> None:
        self.result = result
        super().__init__(sentence)


class OverlapRefused(NightshiftError):
    def __init__(self, job: str, active: str) -> None:
        self.job = job
        self.active = active
        super().__init__(f"{job} runs one at a time, and run {active} is active; wait for it or cancel it")


class NotAllowed(NightshiftError):
    pass


class NotConfirmed(NightshiftError):
    """`field` is what is missing or wrong: count, or reason."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class KeyRefused(NightshiftError):
    def __init__(self, job: str, key: str, run: str) -> None:
        self.job = job
        self.key = key
        self.run = run
        super().__init__(
            f"The key {key!r} belongs to run {run} of {job}, which has other parameters; use a new key for "
            "new work"
        )


class NotResumable(NightshiftError):
    def __init__(self, run: str, state: str, hint: str) -> None:
        self.run = run
        self.state = state
        super().__init__(f"Run {run} is {state}, not paused; {hint}")


class CalledJobFailed(NightshiftError):
    """`failed` are the names of the jobs."""

    def __init__(self, failed: Sequence[str], of: int, error: str) -> None:
        self.failed = list(failed)
        many = f"{len(failed)} of {of} jobs did not succeed: {', '.join(failed)}"
        first = f"{failed[0]} did not succeed"
        super().__init__(f"{many if len(failed) > 1 else first}; {error}" if error else many)


class LeaseLost(NightshiftError):
    def __init__(self, run: str, attempt: int) -> None:
        self.run = run
        self.attempt = attempt
        super().__init__(f"Attempt {attempt} of run {run} is over: it was finished or taken over elsewhere")


class StopReason(StrEnum):
    CANCELLED = "cancelled"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    YIELDED = "handed back"
    WAITING = "waiting for the runs below it"


class StopRequested(BaseException):
    """`awaits` says what the run waits for (`Awaits`), where the reason is WAITING."""

    def __init__(self, reason: StopReason, *, awaits: str = "") -> None:
        self.reason = reason
        self.awaits = awaits
        super().__init__(f"The run was {reason} and stopped at a checkpoint")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'; did you mean 'path'?' for the nearest known word, or an empty text."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""

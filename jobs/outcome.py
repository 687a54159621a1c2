"""How a run ended, for whoever typed the command: its result, a sentence, and an exit status."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError

from jobs.models.run import Run
from jobs.models.state import State
from jobs.terminal import result_lines

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


class RunFailed(CommandError):
    """The run's own error, for whoever typed the command."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, returncode=FAILED)


class WrongUsage(CommandError):
    """What was typed cannot be done; nothing was."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, returncode=WRONG_USAGE)


class RunStopped(CommandError):
    """It was interrupted, paused or cancelled, or nobody watches it any more."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, returncode=INTERRUPTED)


def raise_outcome(run: Run) -> None:
    """Raises RunFailed or RunStopped, which make the exit status, unless the run succeeded or waits."""
    if run.state == State.FAILED:
        raise RunFailed(run.error)
    if run.state == State.PAUSED:
        raise RunStopped(f"{run.error or 'It was paused'}. {_how_to_go_on(run)}")
    if run.state == State.CANCELLED:
        raise RunStopped(f"{run.error}; run {run.pk}. Start it again to go on")


def outcome_lines(run: Run) -> Iterator[str]:
    """The result and the files of a run that succeeded or failed; where to find one that waits."""
    if run.state in (State.SUCCEEDED, State.FAILED):
        yield from result_lines(run.result)
        for artifact in run.artifacts.all():
            yield f"{artifact.name}: {artifact.path}"
    elif run.state == State.QUEUED:
        yield f"{run.job} is queued as run {run.pk}"


def summary(run: Run) -> dict[str, Any]:
    """What --json prints."""
    return {
        "run": str(run.pk),
        "job": run.job,
        "state": run.state,
        "result": run.result,
        "error": run.error or None,
    }


def _how_to_go_on(run: Run) -> str:
    return (
        "The run is paused, and nothing that it committed is lost.\n"
        f"Go on here:       python manage.py {run.job} --resume {run.pk}\n"
        f"Let a worker do:  python manage.py runs resume {run.pk}"
    )

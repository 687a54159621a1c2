"""Watch a run that a worker performs."""

import time

from jobs.models.run import Run
from jobs.models.state import State
from jobs.outcome import RunStopped
from jobs.terminal import Display

LOOK_EVERY = 0.2  # seconds between two looks


def follow(run: Run, shown: Display) -> None:
    """Until it is over, or paused, which may last for days. Ctrl-C ends the watching: RunStopped."""
    try:
        while run.state in (State.QUEUED, State.RUNNING):
            shown.show(run)
            time.sleep(LOOK_EVERY)
            run.refresh_from_db()
        shown.show(run)
    except KeyboardInterrupt:
        raise RunStopped(f"No longer following; run {run.pk} goes on in the background") from None

"""A run that a worker performs, watched."""

from collections.abc import Callable

import pytest

from jobs.following import follow
from jobs.models import Run
from jobs.models.state import State
from jobs.outcome import RunStopped
from jobs.terminal import Display, HowFar

pytestmark = pytest.mark.django_db


class Watched(Display):
    """Does something to the run at the first look."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.seen: list[int] = []
        self._act = act

    def show(self, state: HowFar) -> None:
        if not self.seen:
            self._act()
        self.seen.append(state.done)


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.PAUSED, State.CANCELLED])
def test_it_is_watched_until_it_is_over_or_paused(state: State) -> None:
    run = Run.objects.create(job="greet", state=State.RUNNING)
    shown = Watched(lambda: Run.objects.update(state=state, done=7))

    follow(run, shown)

    assert (run.state, shown.seen) == (state, [0, 7])


def test_ctrl_c_ends_the_watching_and_not_the_run() -> None:
    run = Run.objects.create(job="greet", state=State.RUNNING)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(RunStopped, match="goes on in the background"):
        follow(run, Watched(interrupt))

    assert Run.objects.get().state == State.RUNNING

"""What runs now, and what of it takes much longer than usual."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from console.pace import Pace, watch
from jobs.models.run import Run
from jobs.models.state import State
from jobs.usual import usual_durations

MOST = 200
NEEDED = (
    *("job", "state", "attempt", "worker", "queue", "wish", "wished_at", "failures", "awaits"),
    *("done", "total", "message", "created_at", "started_at", "finished_at", "lease_until"),
)
TIMES = 3  # as long as its slowest usual runs: then something may be wrong with it
AT_LEAST = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Running:
    run: Run
    pace: Pace | None

    def is_lost(self, now: datetime) -> bool:
        """Its worker is silent, and nobody has taken it back."""
        return self.run.lease_until is not None and self.run.lease_until < now - timedelta(minutes=1)


def running_runs() -> list[Running]:
    """The longest first; of thousands no more than anybody would read."""
    runs = Run.objects.public().filter(finished_at=None, state=State.RUNNING).only(*NEEDED)
    return [Running(run=run, pace=watch.pace_of(run)) for run in runs.order_by("started_at")[:MOST]]


def stuck(running: Collection[Running]) -> Mapping[UUID, timedelta]:
    """What the jobs of those usually take at most that take far longer; nobody could tell it for certain."""
    ages = {each.run: each.run.duration or timedelta(0) for each in running}
    old = {run: age for run, age in ages.items() if age > AT_LEAST}
    usual = usual_durations({run.job for run in old})
    most = {run: usual[run.job].most for run in old if run.job in usual}
    return {run.pk: longest for run, longest in most.items() if old[run] > TIMES * longest}

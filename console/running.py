"""What runs now, and what of it takes much longer than usual."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, When
from django.db.models.functions import Now

from console.pace import Pace, watch
from jobs.models.run import Run
from jobs.models.state import State
from jobs.usual import MOST_OF_RUN

MOST = 200
NEEDED = (
    *("job", "state", "attempt", "worker", "queue", "wish", "wished_at", "failures", "awaits"),
    *("done", "total", "message", "created_at", "started_at", "finished_at", "lease_until"),
)
TIMES = 3  # as long as its slowest usual runs: then something may be wrong with it
AT_LEAST = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Running:
    """`usual` is what 95 of 100 runs of its job take at most; it is asked for where this one takes long."""

    run: Run
    pace: Pace | None
    usual: timedelta | None

    def is_stuck(self, now: datetime) -> bool:
        """Nothing tells for certain; that it takes far longer than ever lately is as near as one comes."""
        if self.usual is None or self.run.started_at is None:
            return False
        return now - self.run.started_at > max(AT_LEAST, TIMES * self.usual)

    def is_lost(self, now: datetime) -> bool:
        """Its worker is silent, and nobody has taken it back."""
        return self.run.lease_until is not None and self.run.lease_until < now - timedelta(minutes=1)


def running_runs() -> list[Running]:
    """The longest first; of thousands no more than anybody would read."""
    runs: Any = Run.objects.public().filter(finished_at=None, state=State.RUNNING).only(*NEEDED)
    usual = Case(When(started_at__lt=Now() - AT_LEAST, then=MOST_OF_RUN))
    found = runs.annotate(usual=usual).order_by("started_at")[:MOST]
    return [Running(run=run, pace=watch.pace_of(run), usual=run.usual) for run in found]

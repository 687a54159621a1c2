"""The page that one opens first: what needs a person, what runs, what comes, and how the days went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from console.attention import Attention, attention
from console.chart import Charts, charts_of
from console.coming import Planned, planned
from console.running import Running, running_runs
from jobs import access
from jobs.figures import read_days
from jobs.models.day_figures import DayFigures
from jobs.models.run import Run
from tasks.plan import plans

RUNNING_SHOWN = 8
PLANNED_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Overview:
    """`waiting` counts the runs that are due and were not taken yet."""

    attention: Attention
    running: list[Running]
    waiting: int
    planned: list[Planned]
    days: Sequence[DayFigures]

    @property
    def today(self) -> DayFigures:
        return self.days[-1]

    @property
    def is_new(self) -> bool:
        """Whether nothing ever ran, as far as these days tell."""
        return not (
            self.running or self.waiting or self.attention.failures or any(d.ended for d in self.days)
        )

    def charts(self, days: int) -> Charts:
        return charts_of(self.days[-days:])


def overview(days: int) -> Overview:
    """With eight queries; the figures are of so many days."""
    now = timezone.now()
    private = access.private_jobs()
    running, waiting = running_runs(), Run.objects.waiting()
    schedules = [each for each in plans() if each.job not in private]
    return Overview(
        attention=attention(running, schedules, waiting),
        running=running,
        waiting=_count(waiting),
        planned=planned(schedules, now)[:PLANNED_SHOWN],
        days=read_days(days),
    )


def _count(waiting: Mapping[str, tuple[int, timedelta]]) -> int:
    return sum(count for count, _ in waiting.values())

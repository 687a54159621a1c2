"""Workers and beats, and what each is doing; a command at a terminal is there while its run is."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from jobs.models.heartbeat import SILENT, Heartbeat
from jobs.models.run import Run
from jobs.models.state import State

SHOWN_FOR = timedelta(days=1)  # after its last word
RUNS_SHOWN = 500
WORK = (
    *("job", "state", "queue", "worker", "wish", "attempt", "lane", "done", "total", "message"),
    *("started_at", "lease_until"),
)


class Presence(StrEnum):
    ALIVE = "alive"
    SILENT = "silent"  # it died, is frozen, or cannot reach the database
    GONE = "gone"  # it stopped as it was asked to


@dataclass(frozen=True, kw_only=True)
class Process:
    """`seen` is how long ago it was heard from; `heartbeat` is None for a command, which sends none.

    `hidden` counts what it performs besides `runs`, and is not for everybody to see.
    """

    kind: str
    name: str
    presence: Presence
    seen: timedelta
    runs: list[Run]
    heartbeat: Heartbeat | None = None
    hidden: int = 0

    @property
    def queues(self) -> list[str]:
        return self.heartbeat.queues if self.heartbeat else []

    @property
    def busy(self) -> int:
        return len(self.runs) + self.hidden

    def without(self, jobs: Collection[str]) -> "Process":
        """The runs of those jobs are counted only."""
        runs = [run for run in self.runs if run.job not in jobs]
        return replace(self, runs=runs, hidden=self.busy - len(runs))


def processes() -> list[Process]:
    """Those heard from within a day, workers first; then the commands."""
    performed = _performed()
    seen = ExpressionWrapper(Now() - F("seen_at"), output_field=DurationField())
    lately = Heartbeat.objects.filter(seen_at__gt=Now() - SHOWN_FOR)
    known: Iterable[Any] = lately.annotate(seen=seen).order_by("-kind", "name")
    found = [
        Process(
            kind=each.kind,
            name=each.name,
            presence=_presence(each, each.seen),
            seen=max(timedelta(0), each.seen),
            runs=performed.pop(each.name, []),
            heartbeat=each,
        )
        for each in known
    ]
    strangers = (
        Process(kind="command", name=name, presence=Presence.ALIVE, seen=timedelta(0), runs=runs)
        for name, runs in sorted(performed.items())
    )
    return [*found, *strangers]


def _presence(heartbeat: Heartbeat, seen: timedelta) -> Presence:
    if heartbeat.ended_at:
        return Presence.GONE
    return Presence.SILENT if seen > SILENT else Presence.ALIVE


def _performed() -> dict[str, list[Run]]:
    """What each worker performs, by its name; the longest first."""
    found: dict[str, list[Run]] = defaultdict(list)
    running = Run.objects.filter(finished_at=None, state=State.RUNNING).only(*WORK)
    for run in running.order_by("pk")[:RUNS_SHOWN]:
        found[run.worker].append(run)
    return found

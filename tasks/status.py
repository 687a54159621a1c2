"""What goes on right now: who works, what waits, what comes, and what ran last."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from jobs.models.heartbeat import Heartbeat
from jobs.models.run import Run
from jobs.models.state import State
from jobs.queue_listing import queues
from jobs.run_listing import brief, chosen
from jobs.wording import amount
from tasks.timetable import timetable

SHOWN_FOR = timedelta(days=1)  # a process that is silent is shown for so long
SILENT = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Process:
    """A worker or a beat; `runs` are those that it performs, as a person reads them."""

    kind: str
    name: str
    seen: timedelta
    is_silent: bool
    runs: list[str]


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """A queue; of its `queued` runs those that are `due` have waited for `longest` at most."""

    queue: str
    queued: int
    due: int
    longest: timedelta
    running: int
    paused_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A schedule; `next_slot` is in its own zone, None where there is none."""

    name: str
    when: str
    next_slot: datetime | None
    enabled: bool


@dataclass(frozen=True, kw_only=True)
class Status:
    processes: list[Process]
    queues: list[Backlog]
    schedules: list[Coming]
    runs: list[Run]

    def as_json(self) -> dict[str, Any]:
        plain = {name: list(map(vars, getattr(self, name))) for name in ("processes", "queues", "schedules")}
        return {**plain, "runs": list(map(brief, self.runs))}


def status(*, last_runs: int) -> Status:
    """With so many of the last runs."""
    return Status(
        processes=_processes(),
        queues=_backlogs(),
        schedules=_coming(),
        runs=list(chosen()[:last_runs]),
    )


def _processes() -> list[Process]:
    """Those heard from within a day; a command sends no heartbeat, and is there while its run is."""
    now = timezone.now()
    performed = _performed()
    known = Heartbeat.objects.filter(seen_at__gt=Now() - SHOWN_FOR).order_by("-kind", "name")
    found = [_process(each, now, performed.pop(each.name, [])) for each in known]
    strangers = (
        Process(kind="command", name=name, seen=timedelta(0), is_silent=False, runs=runs)
        for name, runs in sorted(performed.items())
    )
    return [*found, *strangers]


def _process(heartbeat: Heartbeat, now: datetime, runs: list[str]) -> Process:
    seen = max(timedelta(0), now - heartbeat.seen_at)
    return Process(kind=heartbeat.kind, name=heartbeat.name, seen=seen, is_silent=seen > SILENT, runs=runs)


def _performed() -> dict[str, list[str]]:
    """What each worker performs, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    running = Run.objects.filter(finished_at=None, state=State.RUNNING).defer("parameters", "result")
    for run in running.order_by("pk"):
        found[run.worker].append(" ".join(filter(None, (run.job, amount(run)))))
    return found


def _backlogs() -> list[Backlog]:
    waiting = Run.objects.waiting()
    found = []
    for each in queues():
        due, longest = waiting.get(each.queue, (0, timedelta(0)))
        found.append(Backlog(**vars(each), due=due, longest=longest))
    return found


def _coming() -> list[Coming]:
    """The next one first; those that will not come at the end."""
    found = (
        Coming(name=each.name, when=each.when, next_slot=each.next_slot, enabled=each.enabled)
        for each in timetable()
    )
    far = datetime.max.replace(tzinfo=timezone.get_current_timezone())
    return sorted(found, key=lambda each: (not each.enabled, each.next_slot is None, each.next_slot or far))

"""What goes on right now: who works, what waits, what comes, and what ran last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from jobs.models.run import Run
from jobs.process_listing import Process, processes
from jobs.queue_listing import Listed, queues
from jobs.run_listing import brief, chosen
from jobs.wording import amount
from tasks.timetable import timetable


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
    queues: list[Listed]
    schedules: list[Coming]
    runs: list[Run]

    def as_json(self) -> dict[str, Any]:
        return {
            "processes": [_process(each) for each in self.processes],
            "queues": [each.as_json() for each in self.queues],
            "schedules": list(map(vars, self.schedules)),
            "runs": list(map(brief, self.runs)),
        }


def status(*, last_runs: int) -> Status:
    """With so many of the last runs."""
    return Status(
        processes=processes(),
        queues=queues(),
        schedules=_coming(),
        runs=list(chosen()[:last_runs]),
    )


def work(run: Run) -> str:
    """What is performed, as a person reads it."""
    return " ".join(filter(None, (run.job, amount(run))))


def _process(each: Process) -> dict[str, Any]:
    known = each.heartbeat
    facts = ("queues", "processes", "host", "pid", "release", "started_at", "seen_at", "ended_at")
    return {
        **{"kind": each.kind, "name": each.name, "presence": each.presence, "seen": each.seen},
        **{name: getattr(known, name) if known else None for name in facts},
        "runs": list(map(work, each.runs)),
    }


def _coming() -> list[Coming]:
    """The next one first; those that will not come at the end."""
    found = (
        Coming(name=each.name, when=each.when, next_slot=each.next_slot, enabled=each.enabled)
        for each in timetable()
    )
    far = datetime.max.replace(tzinfo=timezone.get_current_timezone())
    return sorted(found, key=lambda each: (not each.enabled, each.next_slot is None, each.next_slot or far))

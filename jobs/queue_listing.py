"""The queues with what waits in each, and since when one is paused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from rich.table import Table

from jobs import catalog
from jobs.exceptions import NightshiftError, did_you_mean
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.state import State
from jobs.run_listing import moment
from jobs.terminal import table

HEADERS = ("QUEUE", "QUEUED", "RUNNING", "PAUSED SINCE")


class UnknownQueue(NightshiftError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        hint = did_you_mean(name, known) or "; list them with: python manage.py queues"
        super().__init__(f"There is no queue {name!r}{hint}")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One queue; `queued` and `running` count runs."""

    queue: str
    queued: int
    running: int
    paused_at: datetime | None


def queues() -> list[Listed]:
    """Those of the catalog, those of which a run is active, and those that somebody paused."""
    counts = {name: (queued, running) for name, queued, running in _counts()}
    paused = dict(Queue.objects.values_list("name", "paused_at"))
    names = sorted({*catalog.QUEUES, *counts, *(name for name, since in paused.items() if since)})
    return [_listed(name, *counts.get(name, (0, 0)), paused.get(name)) for name in names]


def find_queue(name: str) -> Listed:
    """Raises UnknownQueue: a pause of a name that is mistyped would hold nothing."""
    known = {each.queue: each for each in queues()}
    if name not in known:
        raise UnknownQueue(name, known)
    return known[name]


def queue_table(listed: Iterable[Listed]) -> Table:
    rows = ((each.queue, f"{each.queued:,}", f"{each.running:,}", moment(each.paused_at)) for each in listed)
    return table(HEADERS, rows)


def _counts() -> Iterable[tuple[str, int, int]]:
    queued, running = Count("pk", Q(state=State.QUEUED)), Count("pk", Q(state=State.RUNNING))
    active = Run.objects.filter(finished_at=None).values("queue")
    return active.annotate(queued=queued, running=running).values_list("queue", "queued", "running")


def _listed(name: str, queued: int, running: int, paused_at: datetime | None) -> Listed:
    return Listed(queue=name, queued=queued, running=running, paused_at=paused_at)

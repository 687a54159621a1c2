"""The queues: what waits in each and why, who takes it, and since when one is paused."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone
from rich.table import Table

from jobs import catalog
from jobs.exceptions import NightshiftError, did_you_mean
from jobs.models.heartbeat import Heartbeat
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.state import State
from jobs.run_listing import moment
from jobs.terminal import table

HEADERS = ("QUEUE", "QUEUED", "RUNNING", "WORKERS", "PAUSED SINCE")


class UnknownQueue(NightshiftError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        hint = did_you_mean(name, known) or "; list them with: python manage.py queues"
        super().__init__(f"There is no queue {name!r}{hint}")


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """The unfinished runs of a queue, counted.

    Of those `queued`, some are `due`, the first of them since `due_since`; some are `delayed` until their
    time, some are `retrying` after an error, and the others wait for runs below them or for a person.
    """

    queued: int = 0
    due: int = 0
    delayed: int = 0
    retrying: int = 0
    running: int = 0
    due_since: datetime | None = None

    @property
    def waiting(self) -> int:
        return self.queued - self.due - self.delayed - self.retrying

    @property
    def longest(self) -> timedelta:
        """How long a run that could begin has not."""
        return max(timedelta(0), timezone.now() - self.due_since) if self.due_since else timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One queue; `workers` are the names of those that take its runs."""

    queue: str
    backlog: Backlog
    workers: tuple[str, ...]
    paused_at: datetime | None
    paused_by: str = ""
    reason: str = ""

    @property
    def is_unserved(self) -> bool:
        """Nobody takes its runs, which nobody wanted."""
        return not self.workers and self.paused_at is None

    def as_json(self) -> dict[str, object]:
        facts = vars(self) | vars(self.backlog) | {"longest": self.backlog.longest}
        return {name: value for name, value in facts.items() if name != "backlog"}


def queues() -> list[Listed]:
    """Those of the catalog, those of which a run is active or a worker asks, and those that are paused."""
    backlogs = _backlogs()
    paused = {each.name: each for each in Queue.objects.select_related("paused_by").exclude(paused_at=None)}
    workers = list(Heartbeat.objects.fresh("worker").order_by("name"))
    asked = {name for each in workers for name in each.queues}
    names = sorted({*catalog.QUEUES, *backlogs, *paused, *asked})
    return [_listed(name, backlogs, workers, paused) for name in names]


def find_queue(name: str) -> Listed:
    """Raises UnknownQueue: a pause of a name that is mistyped would hold nothing."""
    known = {each.queue: each for each in queues()}
    if name not in known:
        raise UnknownQueue(name, known)
    return known[name]


def queue_table(listed: Iterable[Listed]) -> Table:
    rows = (
        (
            *(each.queue, f"{each.backlog.queued:,}", f"{each.backlog.running:,}"),
            *(f"{len(each.workers)}", moment(each.paused_at)),
        )
        for each in listed
    )
    return table(HEADERS, rows)


def _backlogs() -> dict[str, Backlog]:
    queued = Q(state=State.QUEUED)
    free = queued & Q(awaits="")
    due, later = free & Q(not_before__lte=Now()), free & Q(not_before__gt=Now())
    rows = (
        Run.objects.filter(finished_at=None)
        .order_by()
        .values("queue")
        .annotate(
            queued=Count("pk", queued),
            due=Count("pk", due),
            delayed=Count("pk", later & Q(failures=0)),
            retrying=Count("pk", later & Q(failures__gt=0)),
            running=Count("pk", Q(state=State.RUNNING)),
            due_since=Min("not_before", filter=due),
        )
    )
    facts: list[dict[str, Any]] = [dict(row) for row in rows]
    return {each.pop("queue"): Backlog(**each) for each in facts}


def _listed(
    name: str,
    backlogs: Mapping[str, Backlog],
    workers: Collection[Heartbeat],
    paused: Mapping[str, Queue],
) -> Listed:
    held = paused.get(name)
    return Listed(
        queue=name,
        backlog=backlogs.get(name, Backlog()),
        workers=tuple(each.name for each in workers if each.serves(name)),
        paused_at=held.paused_at if held else None,
        paused_by=str(held.paused_by or "") if held else "",
        reason=held.reason if held else "",
    )

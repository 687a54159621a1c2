"""All that the page of one run shows, read with a fixed number of queries."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Length, Right
from django.http import Http404
from django.utils import timezone

from console.presentation import Look, Shown, announcement, look_of, shown
from jobs.catalog import JOBS
from jobs.job import Job
from jobs.models.artifact import Artifact
from jobs.models.attempt import Attempt
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.state import State, Wish
from jobs.wording import place

Row = TypeVar("Row")

LOG_SHOWN = 20_000  # characters of each attempt, the last ones
CHILDREN_SHOWN = 20
ATTEMPTS_SHOWN = 20
WISHED = {
    Wish.PAUSE: "It stops at its next checkpoint, and can go on from there.",
    Wish.CANCEL: "It stops at its next checkpoint; if it does not, its process is killed after a grace.",
    Wish.KILL: "Its worker ends its process within seconds.",
}


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """`parameters` and `result` are ready to show, secrets masked; `attempts` begin with the last."""

    run: Run
    title: str
    look: Look
    announcement: str
    parameters: Shown
    result: Shown | None
    attempts: list[Attempt]
    artifacts: list[Artifact]
    children: list[Run]
    is_known: bool
    is_preview: bool

    @property
    def headline(self) -> str:
        """For the title of the window."""
        share = "" if self.run.percent is None or self.run.is_final else f" {self.run.percent} %"
        return f"{self.look.word}{share}: {self.title}"

    @property
    def offers(self) -> frozenset[str]:
        """What may be done to it now, as its forms are named."""
        run, is_over = self.run, self.run.is_final and self.is_known
        asked = {
            "pause": self.offers_pause,
            "resumption": self.offers_resumption,
            "cancellation": self.offers_cancellation,
            "kill": self.offers_kill,
            "retry": is_over,
            "real-run": is_over and self.offers_real_run,
            "pausing": run.state == State.RUNNING and run.wish == Wish.PAUSE,
            "cancelling": run.state == State.RUNNING and run.wish in (Wish.CANCEL, Wish.KILL),
        }
        return frozenset(name for name, is_offered in asked.items() if is_offered)

    @property
    def wish_sentence(self) -> str:
        return WISHED.get(Wish(self.run.wish), "") if self.run.state == State.RUNNING else ""

    @property
    def place(self) -> str:
        return place(self.run.cursor)

    @property
    def offers_pause(self) -> bool:
        return self.run.state == State.QUEUED or (self.run.state == State.RUNNING and not self.run.wish)

    @property
    def offers_resumption(self) -> bool:
        return self.run.state == State.PAUSED or (
            self.run.state == State.RUNNING and self.run.wish == Wish.PAUSE
        )

    @property
    def offers_cancellation(self) -> bool:
        return not self.run.is_final and self.run.wish not in (Wish.CANCEL, Wish.KILL)

    @property
    def offers_kill(self) -> bool:
        """Once a cancel was asked for; or a pause, and it has not answered within the grace."""
        run = self.run
        if run.state != State.RUNNING or run.wished_at is None:
            return False
        is_late = timezone.now() > run.wished_at + settings.CANCEL_GRACE
        return run.wish == Wish.CANCEL or (run.wish == Wish.PAUSE and is_late)

    @property
    def offers_real_run(self) -> bool:
        return self.is_preview and self.run.state == State.SUCCEEDED


def run_page(pk: uuid.UUID) -> RunPage:
    """Raises Http404."""
    for page in run_pages([pk]):
        return page
    raise Http404("No run has this id; it may have been deleted by cleanup_runs")


def run_pages(keys: Collection[uuid.UUID]) -> list[RunPage]:
    """Those that there are, with the same number of queries for a hundred as for one."""
    queue = Queue.objects.filter(name=OuterRef("queue")).values("paused_at")
    runs = Run.objects.select_related("started_by").annotate(queue_paused_at=Subquery(queue))
    attempts = _by_run(_attempts(keys), "run_id")
    artifacts = _by_run(Artifact.objects.filter(run__in=keys), "run_id")
    children = _by_run(_children(keys), "parent_id")
    return [
        _page(run, attempts[run.pk][:ATTEMPTS_SHOWN], artifacts[run.pk], children[run.pk][:CHILDREN_SHOWN])
        for run in runs.filter(pk__in=keys)
    ]


def _page(run: Run, attempts: list[Attempt], artifacts: list[Artifact], children: list[Run]) -> RunPage:
    job = JOBS.get(run.job)
    return RunPage(
        run=run,
        title=job.title if job else run.job,
        look=look_of(run),
        announcement=announcement(run),
        parameters=shown(_ordered(run.parameters, job.parameters.by_name if job else ())),
        result=None if run.result is None else shown(_ordered(run.result, _fields(job))),
        attempts=attempts,
        artifacts=artifacts,
        children=children,
        is_known=job is not None,
        is_preview=run.parameters.get("dry_run") is True,
    )


def _by_run(rows: Iterable[Row], name: str) -> dict[uuid.UUID, list[Row]]:
    found: dict[uuid.UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _ordered(value: Any, names: Iterable[str]) -> Any:
    """As it was declared: PostgreSQL's jsonb sorts names by their length."""
    return (
        {name: value[name] for name in names if name in value} | value if isinstance(value, dict) else value
    )


def _fields(job: Job | None) -> list[str]:
    result = get_type_hints(job.function).get("return") if job else None
    return [field.name for field in fields(result)] if is_dataclass(result) else []


def _attempts(keys: Collection[uuid.UUID]) -> QuerySet[Attempt, Any]:
    ends = {"log_end": Right(F("log"), LOG_SHOWN), "log_size": Length("log")}
    return Attempt.objects.filter(run__in=keys).defer("log").annotate(**ends).order_by("-number")


def _children(keys: Collection[uuid.UUID]) -> QuerySet[Run, Any]:
    return Run.objects.filter(parent__in=keys).defer("result", "parameters").order_by("pk")

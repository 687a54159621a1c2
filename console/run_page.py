"""All that the page of one run shows, read with a fixed number of queries."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_type_hints

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Length, Right
from django.shortcuts import get_object_or_404
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

LOG_SHOWN = 20_000  # characters of each attempt, the last ones: the page is fetched anew every second
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
    def actions(self) -> str:
        """What its buttons depend on: a page that shows those of the same text need not be told anew."""
        return f"{self.run.state} {self.run.wish} {self.offers_kill}"

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
    queue = Queue.objects.filter(name=OuterRef("queue")).values("paused_at")
    runs = Run.objects.select_related("started_by").annotate(queue_paused_at=Subquery(queue))
    run = get_object_or_404(runs, pk=pk)
    job = JOBS.get(run.job)
    return RunPage(
        run=run,
        title=job.title if job else run.job,
        look=look_of(run),
        announcement=announcement(run),
        parameters=shown(_ordered(run.parameters, job.parameters.by_name if job else ())),
        result=None if run.result is None else shown(_ordered(run.result, _fields(job))),
        attempts=list(_attempts(run)),
        artifacts=list(run.artifacts.all()),
        children=list(run.children.defer("result", "parameters").order_by("pk")[:CHILDREN_SHOWN]),
        is_known=job is not None,
        is_preview=run.parameters.get("dry_run") is True,
    )


def _ordered(value: Any, names: Iterable[str]) -> Any:
    """As it was declared: PostgreSQL's jsonb sorts names by their length."""
    return (
        {name: value[name] for name in names if name in value} | value if isinstance(value, dict) else value
    )


def _fields(job: Job | None) -> list[str]:
    result = get_type_hints(job.function).get("return") if job else None
    return [field.name for field in fields(result)] if is_dataclass(result) else []


def _attempts(run: Run) -> QuerySet[Attempt, Any]:
    ends = {"log_end": Right(F("log"), LOG_SHOWN), "log_size": Length("log")}
    return run.attempts.defer("log").annotate(**ends).order_by("-number")[:ATTEMPTS_SHOWN]

"""What would become of a run that is started now: how long it waits, and beside which others."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from console.presentation import duration_words
from jobs.catalog import JOBS
from jobs.job import Job, Overlap
from jobs.models.heartbeat import Heartbeat
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.state import State
from jobs.usual import Usual

ENOUGH = 10  # runs, to speak of 95 in 100
MOMENT = timedelta(seconds=0.1)
COUNTED = ("active", "running", "since")


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """`running` and `active` count the job's own runs, the first since `since`; `due` those that wait in its
    queue, the first since `due_since`.
    """

    job: Job
    running: int = 0
    active: int = 0
    since: datetime | None = None
    due: int = 0
    due_since: datetime | None = None
    paused_at: datetime | None = None
    has_worker: bool = True

    @property
    def sentences(self) -> list[str]:
        return [*self._of_overlap(), self._of_queue()]

    @property
    def is_hindered(self) -> bool:
        """Whether it would not begin, or not even be taken, before something else happens."""
        refused = self.job.overlap is Overlap.SKIP and self.active > 0
        return refused or self.paused_at is not None or not self.has_worker

    def _of_overlap(self) -> Iterator[str]:
        if not self.active:
            return
        yield f"{self._others()} {self._consequence()}"

    def _others(self) -> str:
        waiting = self.active - self.running
        if not self.running:
            return "One waits to begin." if waiting == 1 else f"{waiting} wait to begin."
        since = f" since {_clock(self.since)}" if self.since else ""
        return (
            f"One is running{since}."
            if self.running == 1
            else f"{self.running} are running, the first{since}."
        )

    def _consequence(self) -> str:
        same = f" if it has the same {' and '.join(self.job.overlap_by)}" if self.job.overlap_by else ""
        if self.job.overlap is Overlap.SKIP:
            return f"Yours would be refused{same} until it has ended."
        if self.job.limit == 1:
            return f"Yours waits{same} until it has ended."
        if self.job.limit and self.running >= self.job.limit:
            return f"No more than {self.job.limit} run at once{same}: yours waits until one has ended."
        return "Yours runs beside it."

    def _of_queue(self) -> str:
        queue = f"the queue “{self.job.queue}”"
        if self.paused_at:
            since = _clock(self.paused_at)
            return f"{_capital(queue)} is paused since {since}: yours waits until it is resumed."
        if not self.has_worker:
            return f"No worker takes {queue}: yours waits until one is started."
        if not self.due:
            return f"Nothing waits in {queue}: a free worker takes yours at once."
        if self.due == 1:
            return f"One run waits in {queue}, since {_clock(self.due_since)}."
        return f"{self.due:,} runs wait in {queue}, the first since {_clock(self.due_since)}."


def prospects(names: Collection[str]) -> Mapping[str, Prospect]:
    """Of each of these jobs that there is; four queries for all of them."""
    jobs = [JOBS[name] for name in names if name in JOBS]
    own = _active([job.name for job in jobs])
    waiting = _waiting()
    paused = dict(Queue.objects.values_list("name", "paused_at"))
    workers = list(Heartbeat.objects.fresh("worker"))
    found = {}
    for job in jobs:
        due, since = waiting.get(job.queue, (0, None))
        has_worker = any(worker.serves(job.queue) for worker in workers)
        rest = {"due": due, "due_since": since, "paused_at": paused.get(job.queue), "has_worker": has_worker}
        found[job.name] = Prospect(job=job, **own.get(job.name, {}), **rest)  # type: ignore[arg-type]
    return found


def usual_words(usual: Usual | None) -> str:
    """How long it takes, as far as the record tells."""
    if usual is None:
        return "It has not succeeded yet, so nobody knows how long it takes."
    median, most = _length(usual.median), _length(usual.most)
    if usual.runs == 1:
        return f"It took {median} the last time."
    if usual.runs < ENOUGH or median == most:
        return f"It took about {median} the last {usual.runs} times."
    return f"It usually takes {median}; of the last {usual.runs} runs, 95 of 100 took no more than {most}."


def _active(names: Collection[str]) -> dict[str, dict[str, object]]:
    """Ended runs are no part of the index that this reads."""
    running = Q(state=State.RUNNING)
    runs = Run.objects.active().filter(finished_at=None, job__in=names).order_by().values("job")
    counted = runs.annotate(
        active=Count("pk"), running=Count("pk", filter=running), since=Min("started_at", filter=running)
    )
    return {row["job"]: {name: row[name] for name in COUNTED} for row in counted}  # type: ignore[literal-required]


def _waiting() -> dict[str, tuple[int, datetime]]:
    """Of each queue with runs that are due: how many, and when the first of them was."""
    due = Run.objects.filter(
        finished_at=None, state=State.QUEUED, awaits="", not_before__lte=Now()
    ).order_by()
    counted = due.values("queue").annotate(due=Count("pk"), since=Min("not_before"))
    return {queue: (count, since) for queue, count, since in counted.values_list("queue", "due", "since")}


def _clock(moment: datetime | None) -> str:
    """12:04, with its day where that is another."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    day = "" if local.date() == timezone.localdate() else f"{local.day} {local:%b}, "
    return f"{day}{local:%H:%M}"


def _length(duration: timedelta) -> str:
    return "a moment" if duration < MOMENT else duration_words(duration)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

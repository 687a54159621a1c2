"""Why a queued run is not running, in one sentence, from a fixed number of queries for any number of runs."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from jobs import access
from jobs.catalog import JOBS
from jobs.job import Job
from jobs.models.heartbeat import Heartbeat
from jobs.models.run import Run
from jobs.models.state import Awaits, State
from jobs.sentence import Fact, Sentence
from jobs.wording import first_line

UNPUBLISHED = timedelta(seconds=4)  # due for so long and sent nowhere: a dispatcher looks every second
RUNNING_SEEN = 1_000
BELOW = (Awaits.ENDS, Awaits.SHARES)
NAMED = 3  # jobs, of those that keep the workers busy


def _nobody_has_asked() -> bool:
    """Until the room of tasks has said how one knows that the broker has just failed to answer."""
    return False


broker_rests: Callable[[], bool] = _nobody_has_asked


def reasons(runs: Iterable[Run]) -> dict[UUID, Sentence]:
    """Of each of those that is queued; they come from `Run.objects.placed()`."""
    queued = [run for run in runs if run.state == State.QUEUED]
    below = _unfinished_below([run.pk for run in queued if run.awaits in BELOW])
    service = Service()
    return {run.pk: _reason(run, below, service) for run in queued}


class Service:
    """What a run that is due depends on: each thing is looked at once, and only where it matters."""

    def why_not(self, run: Run) -> Sentence:
        # What is known comes before what is likely: while all are busy, nobody publishes for long either.
        held = self._is_paused, self._is_unknown, self._is_unserved, self._is_in_lane
        for answer in (*held, self._is_unpublished, self._is_crowded, self._is_unheard):
            if found := answer(run):
                return found
        return Sentence(SOON, {"queue": run.queue})

    def _is_paused(self, run: Run) -> Sentence | None:
        held = run.queue_held  # type: ignore[attr-defined] # annotated by placed()
        if not held:
            return None
        since = datetime.fromisoformat(held["since"])
        by, why = f" by {held['by']}" if held["by"] else "", f": {held['why']}" if held["why"] else ""
        return Sentence(PAUSED, {"queue": run.queue, "since": since, "by": by, "why": why})

    def _is_unknown(self, run: Run) -> Sentence | None:
        return None if run.job in JOBS else Sentence(UNKNOWN, {"job": run.job})

    def _is_unserved(self, run: Run) -> Sentence | None:
        return None if self._serving(run.queue) else Sentence(UNSERVED, {"queue": run.queue})

    def _is_in_lane(self, run: Run) -> Sentence | None:
        job = JOBS[run.job]
        holders = [each for each in self._running if (each.job, each.lane) == (run.job, run.lane)]
        if job.limit is None or len(holders) < job.limit:
            return None
        facts: dict[str, Fact] = {"job": run.job, "same": _same(job), "count": len(holders)}
        facts["run"] = holders[0].pk
        return Sentence(HELD if job.limit == 1 else HELD_BY_SEVERAL, facts)

    def _is_unpublished(self, run: Run) -> Sentence | None:
        return Sentence(UNHEARD) if broker_rests() else None

    def _is_unheard(self, run: Run) -> Sentence | None:
        """The workers live and have room, and yet nobody has sent it to one."""
        is_late = run.publish_after < timezone.now() - UNPUBLISHED
        return Sentence(UNHEARD) if is_late and not self._published[run.queue] else None

    def _is_crowded(self, run: Run) -> Sentence | None:
        serving = self._serving(run.queue)
        theirs = [each for each in self._running if each.worker in serving]
        busy = Counter(each.worker for each in theirs)
        if any(busy[name] < processes for name, processes in serving.items()):
            return None
        seen = [each for each in theirs if each.job not in access.private_jobs()]
        if not seen:
            return Sentence(CROWDED_UNSEEN, {"queue": run.queue})
        named = ", ".join(name for name, _ in Counter(each.job for each in seen).most_common(NAMED))
        return Sentence(CROWDED, {"queue": run.queue, "jobs": named, "run": seen[0].pk})

    def _serving(self, queue: str) -> dict[str, int]:
        """The workers that take from that queue, each with its number of processes."""
        # One of an older release does not say how many processes it has: it has one at least.
        return {each.name: each.processes or 1 for each in self._workers if each.serves(queue)}

    @cached_property
    def _workers(self) -> list[Heartbeat]:
        return list(Heartbeat.objects.fresh("worker"))

    @cached_property
    def _running(self) -> list[Run]:
        """The oldest come first."""
        running = Run.objects.filter(finished_at=None, state=State.RUNNING).only("job", "lane", "worker")
        # Sorted here: the server might walk millions of keys in their order to find these few.
        return sorted(running.order_by()[:RUNNING_SEEN], key=lambda run: run.pk)

    @cached_property
    def _published(self) -> Counter[str]:
        """Of each queue the runs that were sent to the broker just now."""
        now = timezone.now()
        until = now + timedelta(seconds=settings.REPUBLISH_AFTER_SECONDS)
        sent = Run.objects.filter(finished_at=None, state=State.QUEUED, publish_after__range=(now, until))
        sent = sent.filter(awaits="", not_before__lte=now).order_by()
        return Counter(dict(sent.values_list("queue").annotate(Count("pk"))))


def _reason(run: Run, below: Mapping[UUID, int], service: Service) -> Sentence:
    if run.awaits in BELOW:
        return Sentence(CHILDREN if below.get(run.pk) else CHILDREN_ENDED, {"count": below.get(run.pk, 0)})
    if run.awaits:
        return Sentence(AWAITED.get(run.awaits, AWAITED_OTHERWISE), {"what": run.awaits})
    if run.not_before_in_future:
        return _later(run)
    return service.why_not(run)


def _later(run: Run) -> Sentence:
    facts: dict[str, Fact] = {
        "due": run.not_before,
        "error": first_line(run.error),
        "attempt": run.attempt,
    }
    return Sentence(RETRIED if run.attempt and run.error else DELAYED, facts)


def _unfinished_below(parents: Collection[UUID]) -> dict[UUID, int]:
    if not parents:
        return {}
    children = Run.objects.filter(parent__in=parents, finished_at=None).order_by()
    return dict(children.values_list("parent").annotate(Count("pk")))


def _same(job: Job) -> str:
    return f" for the same {' and '.join(job.overlap_by)}" if job.overlap_by else ""


PAUSED = (
    "Its queue, {queue}, is paused since {since}{by}{why}. Nothing of it begins until somebody resumes it, "
    "on the page of queues or with: python manage.py queues resume {queue}"
)
UNKNOWN = (
    "No worker knows the job {job}: it is no longer in the catalog. Cancel the run, or bring the job back."
)
UNSERVED = (
    "No worker was heard from that serves the queue {queue}. Start one: "
    "celery -A project worker --queues {queue}"
)
HELD = "Only one run of {job} may run at a time{same}, and {run} does. It is this one's turn after it."
HELD_BY_SEVERAL = (
    "{count} runs of {job} are running{same}, which is the most at a time; the first of them is {run}. It is "
    "this one's turn when one of them ends."
)
UNHEARD = (
    "The broker does not answer, so no worker has heard of it. It is published by itself once the broker is "
    "back: start Valkey, or correct BROKER_URL."
)
CROWDED = "All workers of the queue {queue} are busy, with {jobs}. The first of what they run is {run}."
CROWDED_UNSEEN = "All workers of the queue {queue} are busy. It begins once one of them is free."
SOON = "It is published to the queue {queue}, and a worker takes it in a moment."
CHILDREN = "It goes on once the runs below it have ended ({count} to go); no worker is kept for it meanwhile."
CHILDREN_ENDED = "The runs below it have ended; it goes on in a moment."
AWAITED = {"person": "It waits for a second person's approval."}
AWAITED_OTHERWISE = "It waits for something that this page does not know: {what}."
RETRIED = "The next attempt begins {due}. Attempt {attempt} ended with: {error}"
DELAYED = "It is delayed until {due}."

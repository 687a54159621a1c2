"""The verbs of runs as seen from outside an attempt: claim, ask for an end, renew, reap."""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import ExpressionWrapper, OuterRef, Subquery
from django.db.models.functions import Cast, JSONObject, Now

from jobs import access
from jobs.models.dead_statements import DEAD, END_SESSIONS, LOST, REAP
from jobs.models.family_statements import ASK, RESUME, WAKE
from jobs.models.prepared import fetch_all, fetch_one
from jobs.models.queue import Queue
from jobs.models.state import ACTIVE, FINAL, State, Wish, sources
from jobs.models.statements import CLAIM, CLAIM_IN_TURN, CLAIMED, RENEW, SUCCEED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from jobs.models.run import Run

CRASH_LIMIT = 3  # deaths of its worker, with no checkpoint between them, until a run is taken for poison
POISON = (
    f"Its worker died {CRASH_LIMIT} times with no checkpoint between; look for what kills it (memory, as a "
    "rule: the system's log says so), then run it again"
)
WORKER_DIED = "Its worker died or was cut off"
UNLIKE = {Wish.PAUSE: [""], Wish.CANCEL: ["", "pause"], Wish.KILL: ["", "pause", "cancel"]}


class Renewed(NamedTuple):
    """`must_die`: somebody wants it killed, or it has not obeyed its cancel within the grace."""

    run: uuid.UUID
    wish: Wish
    must_die: bool


class RunQuerySet(models.QuerySet["Run"]):
    def active(self) -> "RunQuerySet":
        return self.filter(state__in=ACTIVE)

    def visible_to(self, user: "User | AnonymousUser") -> "RunQuerySet":
        """Without the runs of jobs that are private to others."""
        hidden = access.hidden_from(user)
        return self.exclude(job__in=hidden) if hidden else self.all()

    def public(self) -> "RunQuerySet":
        """Without the runs of private jobs: for what is read once for all who look."""
        return self.exclude(job__in=access.private_jobs())

    def latest_first(self) -> "RunQuerySet":
        """By key: a uuid7 begins with the time it was made."""
        return self.order_by("-pk")

    def placed(self) -> "RunQuerySet":
        """Each with `queue_held`: since when its queue is paused, by whom and why; None where it is not."""
        facts = JSONObject(since="paused_at", by="paused_by__username", why="reason")
        paused = Queue.objects.filter(name=OuterRef("queue"), paused_at__isnull=False)
        return self.annotate(queue_held=Subquery(paused.values(held=facts)))

    def naming(self, text: str) -> "RunQuerySet":
        """Runs with that text somewhere in their parameters."""
        return self.annotate(written=Cast("parameters", models.TextField())).filter(written__contains=text)

    def finished_before(self, moment: Any) -> "RunQuerySet":
        return self.filter(state__in=FINAL, finished_at__lt=moment)

    def waiting(self) -> dict[str, tuple[int, timedelta]]:
        """Of each queue with runs that are due: how many, and how long the first of them has been due."""
        due = self.filter(finished_at=None, state=State.QUEUED, awaits="", not_before__lte=Now()).order_by()
        longest = ExpressionWrapper(Now() - models.Min("not_before"), output_field=models.DurationField())
        rows = due.values("queue").annotate(due=models.Count("pk"), longest=longest)
        return {name: (count, wait) for name, count, wait in rows.values_list("queue", "due", "longest")}

    def claim(
        self,
        pk: uuid.UUID | str,
        *,
        worker: str,
        jobs: Collection[str],
        at_most: int | None = None,
        attended: bool = False,
    ) -> "Run | None":
        """Begin the next attempt, or None: claimed elsewhere, ended, not due, or of an unknown job.

        `at_most`, with one job named, waits its turn: None too while so many of its lane are running.
        `attended`: a terminal runs it; where it dies, the run waits for its person instead of a worker.
        """
        values: dict[str, Any] = {
            "id": pk,
            "worker": worker,
            "jobs": list(jobs),
            "at_most": at_most,
            "attended": attended,
        }
        values |= {"token": uuid.uuid4(), "lease": settings.LEASE}
        if at_most is None:
            row = fetch_one(CLAIM, values)
        else:
            with transaction.atomic():
                lock_out_others(*jobs)
                row = fetch_one(CLAIM_IN_TURN, values)
        return self._claimed(row) if row else None

    def _claimed(self, row: tuple[Any, ...]) -> "Run":
        facts = dict(zip(CLAIMED.split(", "), row, strict=False))
        for name in ("parameters", "counters", "cursor"):
            facts[name] = facts[name] and json.loads(facts[name])
        return self.model.from_db(self.db, list(facts), list(facts.values()))

    def succeed(self, successes: Iterable[str]) -> dict[uuid.UUID, bool]:
        """Write what `Run.success` made; of each attempt that was the running one, whether it is written.

        It is not where somebody else has locked the row; an attempt that is over is not in the answer.
        """
        rows = fetch_all(SUCCEED, {"successes": f"[{','.join(successes)}]"})
        return dict(rows)

    def pause(self) -> int:
        """Hold what waits, and ask what runs, and all below them, to stop at the next checkpoint."""
        return self._ask(Wish.PAUSE, State.PAUSED, "")

    def cancel(self) -> int:
        """End what waits or is paused, and ask what runs, and all below them, to stop."""
        return self._ask(Wish.CANCEL, State.CANCELLED, "Cancelled before it began")

    def kill(self) -> int:
        """As cancel, but what runs is ended by its worker at once, checkpoint or not."""
        return self._ask(Wish.KILL, State.CANCELLED, "Cancelled before it began")

    def resume(self) -> int:
        """Back to the queue with what is paused, and with all below; what was about to pause goes on."""
        return _execute(RESUME, {"ids": self._ids()})

    def renew(self, ids: Iterable[str], *, worker: str) -> list[Renewed]:
        """Lengthen the leases of the runs that this worker executes."""
        values: dict[str, Any] = {
            "ids": list(ids),
            "worker": worker,
            "lease": settings.LEASE,
            "grace": settings.CANCEL_GRACE,
        }
        with connection.cursor() as cursor:
            cursor.execute(RENEW, values)
            return [Renewed(run, Wish(wish), must_die) for run, wish, must_die in cursor.fetchall()]

    def reap(self) -> int:
        """Take back the runs of all attempts whose lease has run out."""
        return self._reap(DEAD, {"cancelled": "Cancelled: its worker died before it stopped"})

    def lose(self, ids: Iterable[str], *, worker: str) -> int:
        """Take back runs whose process that worker knows to be dead, without waiting for their leases."""
        cancelled = "Killed: it had not stopped by itself"
        return self._reap(LOST, {"ids": list(ids), "worker": worker, "cancelled": cancelled})

    def _reap(self, which: str, values: Mapping[str, Any]) -> int:
        words: dict[str, Any] = {"error": WORKER_DIED, "poison": POISON, "crash_limit": CRASH_LIMIT}
        _execute(END_SESSIONS.replace("{which}", which), values)
        with connection.cursor() as cursor:
            cursor.execute(REAP.replace("{which}", which), {**words, **values})
            ended = cursor.fetchall()
        if cancelled := [pk for pk, state in ended if state == State.CANCELLED]:
            self.model._default_manager.filter(parent__in=cancelled).cancel()
        return len(ended)

    def wake(self) -> int:
        """Let runs go on whose children have all ended, and show the progress of the others."""
        return _execute(WAKE, {})

    def _ask(self, wish: Wish, target: State, error: str) -> int:
        values = {"ids": self._ids(), "wish": wish.value, "target": target.value, "error": error}
        values |= {"weaker": UNLIKE[wish], "sources": [each.value for each in sources(target)]}
        return _execute(ASK, values)

    def _ids(self) -> list[uuid.UUID]:
        return list(self.values_list("pk", flat=True))


def _execute(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        changed: int = cursor.rowcount
    return changed


def lock_out_others(job: str) -> None:
    """Until the transaction ends, nobody else passes here for the same job."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('jobs:' || %s, 0))", [job])

"""A run: the truth about one execution of a job, from the wish to the result."""

import json
import uuid
from collections.abc import Collection
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast, Now
from django.utils import timezone
from uuid_utils.compat import uuid7

from jobs.exceptions import LeaseLost
from jobs.models.ending import Ending
from jobs.models.fields import OrderedJSONField
from jobs.models.state import ACTIVE, FINAL, State, sources
from jobs.models.statements import CLAIM, FINISH, REPORT


class Origin(models.TextChoices):
    COMMAND = "command"
    CODE = "code"
    SCHEDULE = "schedule"
    CONSOLE = "console"
    API = "api"


class RunQuerySet(models.QuerySet["Run"]):
    def active(self) -> "RunQuerySet":
        return self.filter(state__in=ACTIVE)

    def latest_first(self) -> "RunQuerySet":
        """By key: a uuid7 begins with the time it was made."""
        return self.order_by("-pk")

    def claim(
        self, pk: uuid.UUID | str, *, worker: str, jobs: Collection[str], alone: bool = False
    ) -> "Run | None":
        """Begin the next attempt, or None: claimed elsewhere, cancelled, not due, or unknown here.

        `alone`, with one job named, waits its turn: None too while another run of that job is running.
        """
        values = {"id": pk, "worker": worker, "jobs": list(jobs), "alone": alone}
        with transaction.atomic() if alone else nullcontext():
            if alone:
                lock_out_others(*jobs)
            return next(iter(self.raw(CLAIM, values)), None)

    def cancel(self) -> int:
        """End what waits, and ask what runs to stop at its next checkpoint."""
        waits = models.When(state=State.QUEUED, then=models.Value(State.CANCELLED.value))
        ended = models.When(state=State.QUEUED, then=Now())
        told = models.When(state=State.QUEUED, then=models.Value("Cancelled before it began"))
        # One statement: between two, a run could go from one state to the other and be missed by both.
        return (
            self.active()
            .filter(cancel_requested_at=None)
            .update(
                state=models.Case(waits, default="state", output_field=models.CharField()),
                finished_at=models.Case(ended, default="finished_at"),
                error=models.Case(told, default="error", output_field=models.TextField()),
                cancel_requested_at=Now(),
            )
        )

    def give_up(self, pk: uuid.UUID | str, *, worker: str, error: str) -> None:
        """Fail the attempt that this worker runs, where it cannot say so itself any more."""
        run = self.filter(pk=pk, state=State.RUNNING, worker=worker).first()
        attempt = run.attempts.get(number=run.attempt) if run else None
        if run and attempt:
            run.finish(
                Ending(
                    state=State.FAILED,
                    error=error,
                    log=attempt.log,
                    done=run.done,
                    total=run.total,
                    message=run.message,
                )
            )

    def naming(self, text: str) -> "RunQuerySet":
        """Runs with that text somewhere in their parameters."""
        return self.annotate(written=Cast("parameters", models.TextField())).filter(written__contains=text)

    def finished_before(self, moment: Any) -> "RunQuerySet":
        return self.filter(state__in=FINAL, finished_at__lt=moment)


class Run(models.Model):
    """`id` is the Celery task id too; it is due from `not_before`, and published again at `publish_after`."""

    State = State
    Origin = Origin

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.CharField(max_length=100)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    queue = models.CharField(max_length=50, default="default")
    priority = models.SmallIntegerField(default=5)

    attempt = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.TextField(blank=True)
    counters = models.JSONField(default=dict)
    cursor = models.JSONField(null=True)
    result = OrderedJSONField(null=True)
    error = models.TextField(blank=True)

    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.CODE)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    schedule = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )

    created_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())
    publish_after = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        # No index holds the state: each change of it would then write every index anew.
        indexes = (
            models.Index(fields=["publish_after"], name="run_unfinished", condition=Q(finished_at=None)),
            models.Index(fields=["finished_at"], name="run_finished", condition=Q(finished_at__isnull=False)),
            models.Index(fields=["job", "-id"], name="run_job"),
        )

    def __str__(self) -> str:
        return f"{self.job} {self.id}"

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def not_before_in_future(self) -> bool:
        return self.not_before is not None and self.not_before > timezone.now()

    @property
    def waits_for_retry(self) -> bool:
        return self.state == State.QUEUED and self.attempt > 0

    @property
    def duration(self) -> timedelta | None:
        """From its first attempt to its end, or to now."""
        return (self.finished_at or timezone.now()) - self.started_at if self.started_at else None

    @property
    def percent(self) -> int | None:
        return min(100, 100 * self.done // self.total) if self.total else None

    def report(self, *, done: int, total: int | None, message: str, log: str | None) -> bool:
        """Write how far this attempt is; whether it is asked to stop. Raises LeaseLost."""
        values = {"done": done, "total": total, "message": message, "log": log}
        (cancel_requested_at,) = self._write(REPORT, values)
        return cancel_requested_at is not None

    def finish(self, ending: Ending) -> None:
        """End this attempt. Raises LeaseLost where it is not the running one."""
        values = {
            **vars(ending),
            "sources": [str(source) for source in sources(ending.state)],
            "result": None if ending.result is None else json.dumps(ending.result),
        }
        self._write(FINISH, values)
        self.refresh_from_db()

    def _write(self, statement: str, values: dict[str, Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**values, "id": self.pk, "attempt": self.attempt})
            row = cursor.fetchone()
        if row is None:
            raise LeaseLost(str(self.pk), self.attempt)
        return row


def lock_out_others(job: str) -> None:
    """Until the transaction ends, nobody else passes here for the same job."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('jobs:' || %s, 0))", [job])

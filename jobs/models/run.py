"""A run: the truth about one execution of a job, from the wish to the result."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.db.models.functions import Now
from django.utils import timezone
from uuid_utils.compat import uuid7

from jobs.exceptions import LeaseLost
from jobs.models.ending import Ending
from jobs.models.fields import OrderedJSONField
from jobs.models.prepared import fetch_one
from jobs.models.run_indexes import INDEXES
from jobs.models.run_queryset import RunQuerySet
from jobs.models.state import FINAL, Awaits, State, Wish
from jobs.models.statements import CHECKPOINT, FINISH, FINISHED, NAME_SESSION, REPORT


class Origin(models.TextChoices):
    COMMAND = "command"
    CODE = "code"
    SCHEDULE = "schedule"
    CONSOLE = "console"
    API = "api"


class Run(models.Model):
    """`id` is the Celery task id too; it is due from `not_before`, and published again at `publish_after`.

    While it runs, `token` is the attempt's right to write, and `lease_until` the time by which its worker has
    to be heard from. `failures` counts the job's own errors, `crashes` what happened to it since its last
    checkpoint. Runs of one `lane` count for the job's overlap; `key` is the caller's for this job, and once.
    `ended` is the state of one that is over, and `labels` are its parameters, both for the sake of searching.
    """

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
    attended = models.BooleanField(default=False, db_default=False)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    crashes = models.PositiveSmallIntegerField(default=0, db_default=0)
    wish = models.CharField(max_length=6, choices=Wish.choices, blank=True, default="", db_default="")
    wished_at = models.DateTimeField(null=True)
    awaits = models.CharField(max_length=6, choices=Awaits.choices, blank=True, default="", db_default="")
    lane = models.TextField(blank=True, default="", db_default="")
    key = models.CharField(max_length=200, blank=True, default="", db_default="")

    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.TextField(blank=True)
    counters = models.JSONField(default=dict)
    cursor = models.JSONField(null=True)
    result = OrderedJSONField(null=True)
    error = models.TextField(blank=True)

    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.CODE)
    # Their indexes are below: most runs have neither, and each end of a run writes every index that it is in.
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, db_index=False
    )
    schedule = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children", db_index=False
    )

    created_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())
    publish_after = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    # The database keeps both: the first changes once, at the end, and the second never.
    ended = models.GeneratedField(
        expression=Case(When(finished_at__isnull=False, then=F("state"))),
        output_field=models.CharField(max_length=10, null=True),
        db_persist=True,
    )
    labels = models.GeneratedField(
        expression=Case(When(~Q(parameters={}), then=Func(F("parameters"), function="run_labels"))),
        output_field=ArrayField(models.TextField(), null=True),
        db_persist=True,
    )

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = INDEXES
        permissions = (
            ("cancel_run", "Can cancel and kill runs"),
            ("pause_run", "Can pause and resume runs"),
            ("retry_run", "Can run again what ran"),
            ("approve_run", "Can approve runs of others"),
        )
        constraints = (
            models.UniqueConstraint(fields=["job", "key"], condition=~Q(key=""), name="run_key_once"),
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
        return self.state == State.QUEUED and self.failures > 0 and not self.awaits

    @property
    def duration(self) -> timedelta | None:
        """From its first attempt to its end, or to now."""
        return (self.finished_at or timezone.now()) - self.started_at if self.started_at else None

    @property
    def percent(self) -> int | None:
        return min(100, 100 * self.done // self.total) if self.total else None

    def name_session(self) -> None:
        """Make this connection one of the attempt: it is ended where the attempt is dead."""
        fetch_one(NAME_SESSION, {"id": str(self.pk), "attempt": str(self.attempt)})

    def checkpoint(
        self, *, cursor: Any, counters: dict[str, int], done: int, total: int | None, message: str
    ) -> Wish:
        """Write where to go on, in the caller's transaction; what somebody wishes. Raises LeaseLost."""
        values = {"cursor": json.dumps(cursor), "counters": json.dumps(counters), "message": message}
        return Wish(self._write(CHECKPOINT, {**values, "done": done, "total": total})[0])

    def report(self, *, done: int, total: int | None, message: str, log: str | None) -> Wish:
        """Write how far this attempt is; what somebody wishes. Raises LeaseLost."""
        values = {"done": done, "total": total, "message": message, "log": log}
        return Wish(self._write(REPORT, values)[0])

    def finish(self, ending: Ending) -> None:
        """End this attempt. Raises LeaseLost where it is not the running one."""
        values = {
            **vars(ending),
            **{"failed": int(ending.failed), "crashed": int(ending.crashed)},
            "result": None if ending.result is None else json.dumps(ending.result),
        }
        row = self._write(FINISH, values)
        self.error, self.result, self.message = ending.error, ending.result, ending.message
        self.done, self.total = ending.done, ending.total
        for name, value in zip(FINISHED.split(", "), row, strict=True):
            setattr(self, name, value)

    def success(self, ending: Ending) -> str:
        """The end of an attempt that went well, as JSON for `Run.objects.succeed` in another process."""
        facts = {"id": self.pk, "attempt": self.attempt, "token": self.token, "log": ending.log}
        facts |= {"done": ending.done, "total": ending.total, "message": ending.message}
        facts["result"] = None if ending.result is None else json.dumps(ending.result)
        return json.dumps(facts, default=str)

    def _write(self, statement: str, values: dict[str, Any]) -> Any:
        own: dict[str, Any] = {
            "id": self.pk,
            "attempt": self.attempt,
            "token": self.token,
            "lease": settings.LEASE,
        }
        row = fetch_one(statement, {**values, **own})
        if row is None:
            raise LeaseLost(str(self.pk), self.attempt)
        return row

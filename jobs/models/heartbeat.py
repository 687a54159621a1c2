"""Who of the background processes was heard from, and when."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, kind: str, name: str) -> None:
        """That process is alive, by the clock of the database."""
        self.update_or_create(name=name, defaults={"kind": kind, "seen_at": Now()})

    def fresh(self, kind: str, *, within: timedelta = timedelta(seconds=30)) -> "HeartbeatQuerySet":
        return self.filter(kind=kind, seen_at__gt=Now() - within)


class Heartbeat(models.Model):
    """`kind` is worker or beat; `name` is the process's own, one row each."""

    name = models.CharField(max_length=200, primary_key=True)
    kind = models.CharField(max_length=10)
    seen_at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

"""Who of the background processes was heard from, when, and what it is there for."""

import os
import platform
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.functions import Now

SILENT = timedelta(seconds=30)  # without a word for so long it counts as dead
FORGOTTEN = timedelta(days=7)  # machines of a cluster have a new name each time

_began = time.monotonic()


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, kind: str, name: str, *, queues: Iterable[str] = (), processes: int = 0) -> None:
        """This process is alive, by the clock of the database, and takes runs from those queues."""
        facts: dict[str, Any] = {"host": platform.node(), "pid": os.getpid(), "release": settings.RELEASE}
        facts |= {"kind": kind, "name": name, "queues": sorted(queues), "processes": processes}
        facts |= {"age": timedelta(seconds=time.monotonic() - _began)}
        with connection.cursor() as cursor:
            cursor.execute(BEAT, facts)

    def end(self, name: str) -> None:
        """That process stops as it was asked to; one that dies says nothing."""
        self.filter(name=name).update(ended_at=Now())

    def forget(self) -> None:
        """Delete those of which nobody has heard for days."""
        self.filter(seen_at__lt=Now() - FORGOTTEN).delete()

    def fresh(self, kind: str, *, within: timedelta = SILENT) -> "HeartbeatQuerySet":
        return self.filter(kind=kind, seen_at__gt=Now() - within, ended_at=None)


class Heartbeat(models.Model):
    """`kind` is worker or beat; `name` is the process's own, one row each.

    A worker of an older release says neither `queues` nor what follows them.
    """

    name = models.CharField(max_length=200, primary_key=True)
    kind = models.CharField(max_length=10)
    seen_at = models.DateTimeField()
    queues = ArrayField(models.CharField(max_length=50), default=list, db_default=[])
    processes = models.PositiveIntegerField(default=0, db_default=0)
    host = models.CharField(max_length=200, default="", db_default="")
    pid = models.PositiveIntegerField(default=0, db_default=0)
    release = models.CharField(max_length=100, default="", db_default="")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def serves(self, queue: str) -> bool:
        """Whether it takes runs from that queue; of one that does not say, it is taken for granted."""
        return self.kind == "worker" and (not self.queues or queue in self.queues)


# The beginning is reckoned by each beat anew, from how long the process has lived: within seconds it is the
# same process, and the page need not be told of milliseconds.
BEAT = """
INSERT INTO jobs_heartbeat AS known
    (name, kind, seen_at, queues, processes, host, pid, release, started_at)
VALUES (%(name)s, %(kind)s, clock_timestamp(), %(queues)s::varchar[], %(processes)s, %(host)s, %(pid)s,
        %(release)s, clock_timestamp() - %(age)s)
ON CONFLICT (name) DO UPDATE SET
    kind = excluded.kind, seen_at = excluded.seen_at, queues = excluded.queues,
    processes = excluded.processes, host = excluded.host, pid = excluded.pid, release = excluded.release,
    ended_at = NULL,
    started_at = CASE
        WHEN abs(extract(epoch FROM known.started_at - excluded.started_at)) < 5 THEN known.started_at
        ELSE excluded.started_at END
"""

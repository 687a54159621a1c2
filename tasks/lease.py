"""The leases of what a worker executes: renewed by its parent, and given up where a process is dead.

Only what really executes is renewed. A list of what was once begun would keep the run of a killed process
alive for ever.
"""

import logging
import os
import time
from typing import Any

from celery.worker.state import active_requests
from django.conf import settings

from jobs.lease import renew_every
from jobs.models.run import Run
from tasks import processes

log = logging.getLogger(__name__)

DOUBT = 0.8  # of a lease without a renewal: what still runs then must end before somebody else begins it


class Leases:
    """`keep` speaks to the database and may hang there; `guard`, in a thread of its own, never does."""

    def __init__(self, hostname: str) -> None:
        self._hostname = hostname
        self._renewed = self._sure = time.monotonic()

    def keep(self) -> None:
        """Renew what executes, take back what cannot, end what must. Raises django.db.Error."""
        executing = pids()
        if dead := [run for run, pid in executing.items() if not processes.is_alive(pid)]:
            Run.objects.lose(dead, worker=self._hostname)
        if time.monotonic() - self._renewed < renew_every():
            return
        begun = time.monotonic()
        alive = executing.keys() - set(dead)
        for each in Run.objects.renew(alive, worker=self._hostname) if alive else ():
            if each.must_die:
                self._end(str(each.run), executing[str(each.run)])
        self._renewed = self._sure = begun

    def guard(self) -> None:
        """End all jobs before their leases do, where those could not be renewed."""
        if time.monotonic() - self._sure < DOUBT * settings.LEASE.total_seconds():
            return
        for run, pid in pids().items():
            log.error("Run %s is ended here: its lease could not be renewed, and others may take it up", run)
            processes.kill(pid)
        self._sure = time.monotonic()

    def _end(self, run: str, pid: int) -> None:
        if pid == os.getpid():
            log.error("Run %s cannot be killed alone in this pool; use prefork, or end the worker", run)
            return
        log.warning("Run %s is killed: it was asked to stop, and had not", run)
        processes.kill(pid)
        Run.objects.lose([run], worker=self._hostname)


def pids() -> dict[str, int]:
    """The process of each run that executes here."""
    while True:
        try:
            requests: list[Any] = list(active_requests)
        except RuntimeError:
            continue  # It changed while it was read.
        return {request.id: request.worker_pid for request in requests if request.worker_pid}

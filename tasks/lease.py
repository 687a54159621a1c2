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
        self._buried: set[int] = set()

    def keep(self) -> None:
        """Renew what executes, take back what cannot, end what must. Raises django.db.Error."""
        executing = pids()
        self._buried &= set().union(*executing.values())  # A number that is not listed may be another's soon.
        if dead := [run for run, found in executing.items() if not any(map(processes.is_alive, found))]:
            self._bury(*(pid for run in dead for pid in executing[run]))
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
        for run, found in pids().items():
            log.error("Run %s is ended here: its lease could not be renewed, and others may take it up", run)
            for pid in found:
                processes.kill(pid)
        self._sure = time.monotonic()

    def _bury(self, *dead: int) -> None:
        """End what they have started, once."""
        for pid in set(dead) - self._buried:
            processes.kill(pid)
            self._buried.add(pid)

    def _end(self, run: str, found: set[int]) -> None:
        if os.getpid() in found:
            log.error("Run %s cannot be killed alone in this pool; use prefork, or end the worker", run)
            return
        log.warning("Run %s is killed: it was asked to stop, and had not", run)
        for pid in found:
            processes.kill(pid)
        Run.objects.lose([run], worker=self._hostname)


def is_executing(run: str) -> bool:
    """Whether a process that lives is at it here."""
    return any(map(processes.is_alive, pids().get(run, ())))


def pids() -> dict[str, set[int]]:
    """The processes of each run that executes here: a dead one may be listed yet beside its successor."""
    while True:
        try:
            requests: list[Any] = list(active_requests)
        except RuntimeError:
            continue  # It changed while it was read.
        found: dict[str, set[int]] = {}
        for request in requests:
            if request.worker_pid:
                found.setdefault(request.id, set()).add(request.worker_pid)
        return found

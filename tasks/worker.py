"""What every worker does besides its tasks: keep leases, publish what is due, say that it lives."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery import bootsteps, signals
from django.conf import settings
from django.db import Error, close_old_connections, connection

from jobs.models.heartbeat import Heartbeat
from tasks import ends
from tasks.dispatch import Dispatcher, broker_errors
from tasks.lease import Leases

log = logging.getLogger(__name__)

BEAT_EVERY = 5  # rounds
FAREWELL = 1.0  # seconds


def tick() -> float:
    """Seconds between two rounds."""
    return min(1.0, settings.LEASE.total_seconds() / 10)


class Rounds(threading.Thread):
    """Calls that function again and again; where it says that there is more, at once."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._ended = threading.Event()
        self._has_failed = False
        self._expected: tuple[type[Exception], ...] = (Error, *broker_errors())

    def run(self) -> None:
        more: object = False
        while not self._ended.wait(0.05 if more else tick()):
            more = self._round()
        connection.close()

    def end(self) -> None:
        self._ended.set()

    def _round(self) -> object:
        close_old_connections()
        try:
            more = self._work()
        except self._expected as error:
            if not self._has_failed:
                log.warning("The database or the broker cannot be reached: %s", error)
            self._has_failed = True
            connection.close()
            return False
        except Exception:
            log.exception(
                "A round of %s failed", self.name
            )  # the next may not; a thread that ends would be missed
            return False
        self._has_failed = False
        return more


class Caretaker(bootsteps.StartStopStep):
    """Threads of the worker's parent process: none waits for another's server."""

    def __init__(self, worker: Any, **options: Any) -> None:
        self._rounds: list[Rounds] = []
        self._beats = 0
        self._worker = worker
        # Here and not in start: the pool's processes have to inherit it.
        self._ends = ends.gather()
        super().__init__(worker, **options)

    def start(self, worker: Any) -> None:
        leases = Leases(worker.hostname)
        self._dispatcher = Dispatcher()
        self._rounds = [
            Rounds("lease", leases.keep),
            Rounds("guard", leases.guard),
            Rounds("dispatch", self._dispatch),
        ]
        for each in self._rounds:
            each.start()
        self._ends.start()
        # Not at this step's stop: the pool still works then, and its leases have to be kept.
        signals.worker_shutdown.connect(self._end)

    def _end(self, **kwargs: object) -> None:
        for each in self._rounds:
            each.end()
        self._ends.end()
        # The last heartbeat must not come after the farewell; a database that hangs is not waited for.
        self._rounds[-1].join(FAREWELL)
        with suppress(Error):
            Heartbeat.objects.end(self._worker.hostname)

    def _dispatch(self) -> bool:
        if self._beats == 0:
            Heartbeat.objects.forget()
        if self._beats % BEAT_EVERY == 0:
            self._beat()
        self._beats += 1
        return self._dispatcher.work()

    def _beat(self) -> None:
        # Read each time: a worker can be told at run time to take from another queue.
        queues = self._worker.app.amqp.queues.consume_from
        Heartbeat.objects.beat(
            "worker", self._worker.hostname, queues=queues, processes=self._worker.concurrency
        )

"""What every worker does besides its tasks: say that it lives, and publish what is due."""

import logging
import threading
from typing import Any

from celery import bootsteps
from django.db import Error, close_old_connections
from kombu.exceptions import OperationalError

from jobs.models.heartbeat import Heartbeat
from tasks.dispatch import publish_due

log = logging.getLogger(__name__)

TICK = 1.0  # seconds
BEAT_EVERY = 5  # ticks


class Caretaker(bootsteps.StartStopStep):
    """A thread of the worker's parent process."""

    def __init__(self, worker: Any, **options: Any) -> None:
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        super().__init__(worker, **options)

    def start(self, worker: Any) -> None:
        self._thread = threading.Thread(
            target=self._run, args=(worker.hostname,), name="caretaker", daemon=True
        )
        self._thread.start()

    def stop(self, worker: Any) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self, hostname: str) -> None:
        ticks = 0
        while not self._stopped.is_set():
            self._tick(hostname, beat=ticks % BEAT_EVERY == 0)
            ticks += 1
            self._stopped.wait(TICK)
        close_old_connections()

    def _tick(self, hostname: str, *, beat: bool) -> None:
        close_old_connections()
        try:
            if beat:
                Heartbeat.objects.beat("worker", hostname)
            publish_due()
        except (Error, OperationalError, OSError) as error:
            log.warning("The database or the broker cannot be reached: %s", error)

"""What the worker's parent knows of a task in a child: it writes the end that a dead child cannot."""

import logging
from datetime import timedelta
from typing import Any

from billiard.exceptions import WorkerLostError
from celery.worker.request import Request
from django.db import Error, close_old_connections

from jobs.models.run import Run

log = logging.getLogger(__name__)


class RunRequest(Request):
    def on_timeout(self, soft: bool, timeout: float) -> None:
        super().on_timeout(soft, timeout)
        if not soft:
            limit = timedelta(seconds=timeout)
            self._give_up(f"It went on past its time limit ({limit}), so its worker process was ended")

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:
        # billiard wraps an error that was not raised by the task itself.
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        if isinstance(error, WorkerLostError):
            self._give_up("Its worker process died: killed, or out of memory (the system's log says which)")
        return super().on_failure(exc_info, send_failed_event, return_ok)

    def _give_up(self, sentence: str) -> None:
        close_old_connections()
        try:
            Run.objects.give_up(self.id, worker=self.hostname, error=sentence)
        except Error:
            log.exception("The end of run %s could not be written", self.id)

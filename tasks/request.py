"""What the worker's parent knows of a task in a child: it writes the end that a dead child cannot."""

import logging
from datetime import timedelta
from typing import Any

from billiard.exceptions import WorkerLostError
from celery.worker.request import Request
from django.db import Error, close_old_connections

from jobs.exceptions import LeaseLost
from jobs.models.ending import Ending
from jobs.models.run import Run
from jobs.models.state import State
from tasks import lease, prefetch

log = logging.getLogger(__name__)


class RunRequest(Request):
    def on_accepted(self, pid: int, time_accepted: float) -> None:
        super().on_accepted(pid, time_accepted)
        prefetch.pace.begins(pid)

    def on_timeout(self, soft: bool, timeout: float) -> None:
        super().on_timeout(soft, timeout)
        if not soft:
            limit = timedelta(seconds=timeout)
            self._write(lambda: self._fail(f"It went on past its time limit ({limit}), so it was ended"))

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:
        # billiard wraps an error that was not raised by the task itself.
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        # It comes seconds after the death: the run may have been begun anew here.
        if isinstance(error, WorkerLostError) and not lease.is_executing(self.id):
            self._write(lambda: Run.objects.lose([self.id], worker=self.hostname))
        return super().on_failure(exc_info, send_failed_event, return_ok)

    def _fail(self, sentence: str) -> None:
        run = Run.objects.filter(pk=self.id, state=State.RUNNING, worker=self.hostname).first()
        if run is None:
            return
        attempt = run.attempts.filter(number=run.attempt).first()
        facts: dict[str, Any] = {"done": run.done, "total": run.total, "message": run.message}
        log = attempt.log if attempt else ""
        run.finish(Ending(state=State.FAILED, failed=True, error=sentence, log=log, **facts))

    def _write(self, how: Any) -> None:
        close_old_connections()
        try:
            how()
        except (Error, LeaseLost):
            # Its lease runs out all the same.
            log.exception("The end of run %s could not be written", self.id)

"""Celery's results, read from the run: who knows AsyncResult finds what they expect. Nothing is written."""

from typing import Any

from celery import states
from celery.backends.base import Backend, SyncBackendMixin
from celery.canvas import Signature
from celery.exceptions import TaskRevokedError, WorkerLostError
from django.core.exceptions import ValidationError

from jobs.models.run import Run
from jobs.models.state import State
from tasks.exceptions import CanvasRefused

STATES = {
    State.QUEUED: states.PENDING,
    State.RUNNING: "PROGRESS",
    State.PAUSED: states.PENDING,
    State.SUCCEEDED: states.SUCCESS,
    State.FAILED: states.FAILURE,
    State.CANCELLED: states.REVOKED,
}


class RunBackend(SyncBackendMixin, Backend):
    """An unknown id is PENDING, as in every Celery backend."""

    supports_autoexpire = True  # cleanup_runs does it

    def as_uri(self, include_password: bool = False) -> str:
        return "postgresql (the table of runs)"

    def _get_task_meta_for(self, task_id: str) -> dict[str, Any]:
        try:
            run = Run.objects.filter(pk=task_id).first()
        except ValidationError:
            run = None
        return self._meta(run) if run else {"status": states.PENDING, "result": None, "task_id": task_id}

    def _meta(self, run: Run) -> dict[str, Any]:
        status = states.RETRY if run.waits_for_retry else STATES[State(run.state)]
        attempt = run.attempts.last()
        return {
            "task_id": str(run.pk),
            "status": status,
            "result": self._result(run, status, attempt.error_type if attempt else ""),
            "traceback": (attempt.traceback if attempt else "") or None,
            "children": [],
            "date_done": run.finished_at,
            "name": run.job,
            "args": [],
            "kwargs": run.parameters,
            "worker": run.worker,
            "retries": max(run.attempt - 1, 0),
            "queue": run.queue,
        }

    def _result(self, run: Run, status: str, error_type: str) -> Any:
        if status == "PROGRESS":
            return {"current": run.done, "total": run.total, "message": run.message}
        if status == states.REVOKED:
            return TaskRevokedError(run.error)
        if status in states.EXCEPTION_STATES:
            # No type: the worker's parent wrote the end of an attempt whose process was gone.
            return self._exception(error_type, run.error) if error_type else WorkerLostError(run.error)
        return run.result

    def _exception(self, error_type: str, sentence: str) -> Any:
        module, _, name = error_type.rpartition(".")
        return self.exception_to_python({"exc_type": name, "exc_message": [sentence], "exc_module": module})

    def apply_chord(self, header_result_args: Any, body: Signature, **kwargs: Any) -> None:
        """Raises CanvasRefused before the task is sent that would wait for the chord for ever."""
        raise CanvasRefused(body.task, "chord")

    def _store_result(self, *args: Any, **kwargs: Any) -> None:
        """The run has it."""

    def store_result(self, task_id: str, result: Any, state: str, **kwargs: Any) -> Any:
        """The run has it."""
        return result

    def _forget(self, task_id: str) -> None:
        """The record is kept until cleanup_runs."""

    def process_cleanup(self) -> None:
        """Nothing is open."""

"""A job as a Celery task: Celery's hooks on one side, the verbs of a run on the other."""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from celery import Task, shared_task
from celery.exceptions import Ignore, Retry
from celery.result import AsyncResult
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from jobs.exceptions import LeaseLost, NightshiftError
from jobs.execution import Execution
from jobs.job import Job
from jobs.models.ending import Ending
from jobs.models.run import Origin, Run
from jobs.models.state import State
from jobs.queue import enqueue
from jobs.recording import RecordedProgress
from tasks import dispatch, ends, shutdown
from tasks.exceptions import CanvasRefused, OptionRefused

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=30)  # from the soft time limit, which the job can see, to the hard one
CANVAS = ("link", "link_error", "chord", "group_id", "chain")
REFUSED = ("expires", "time_limit", "soft_time_limit", "serializer", "compression", "exchange", "routing_key")


class JobTask(Task):
    """What a job's `@job_task` makes. `delay` and `apply_async` write the run in the caller's transaction."""

    abstract = True
    Request = "tasks.request:RunRequest"
    throws = (NightshiftError,)
    job: Job

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Called by a worker: claim the run and perform it. Called from Python: the plain function."""
        if self.request.called_directly or self.request.is_eager:
            parameters = self.job.parameters
            return self.job.function(**parameters.parse(parameters.bind(args, kwargs)))
        return self.run()

    def apply_async(
        self,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        *,
        countdown: float | None = None,
        eta: datetime | None = None,
        queue: str | None = None,
        priority: int | None = None,
        task_id: str | None = None,
        idempotency_key: str = "",
        headers: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> AsyncResult:
        """Write the run; it is published once the transaction commits.

        A run that was given the same `idempotency_key` before is returned instead, as long as it is kept.
        Raises WrongParameters, OverlapRefused, KeyRefused, and CanvasRefused or OptionRefused for what a run
        cannot keep.
        """
        self._refuse(options)
        schedule = (headers or {}).get("periodic_task_name", "")
        run = enqueue(
            self.job,
            self.job.parameters.bind(tuple(args or ()), kwargs or {}),
            origin=Origin.SCHEDULE if schedule else Origin.CODE,
            schedule=schedule,
            not_before=_due(countdown, eta),
            queue=queue,
            priority=priority,
            pk=uuid.UUID(task_id) if task_id else None,
            key=idempotency_key,
        )
        return self.AsyncResult(str(run.pk))

    def perform(self) -> None:
        """Claim the run of this message and perform one attempt of it.

        Whatever went wrong stands in the row; it is raised again for Celery's log and events only.
        """
        run = self._claim()
        if run is None:
            log.info("Run %s is not to be started: done, cancelled, taken or not due", self.request.id)
            raise Ignore
        execution = self._execution(run)
        try:
            ending = execution.perform()
        except LeaseLost as lost:
            log.warning("%s", lost)
            raise Ignore from lost
        finally:
            if self.job.limit is not None:
                dispatch.publish_next(run.lane)
        self._tell(run, ending, execution.error)

    def _execution(self, run: Run) -> Execution:
        return Execution(
            self.job,
            run,
            listeners=(self._send_progress,),
            must_yield=shutdown.has_begun,
            explain=_explain,
            hand_over=ends.hand_over,
        )

    def _tell(self, run: Run, ending: Ending, error: BaseException | None) -> None:
        """Say it to Celery, in its own words."""
        if run.state == State.QUEUED and ending.failed:
            raise Retry(exc=error, when=timezone.now() + (ending.wait or timedelta(0)))
        if run.state == State.QUEUED:
            if not ending.awaits:
                dispatch.announce(run)  # For another worker, at once.
            raise Ignore
        if run.state == State.CANCELLED:
            self._say("task-revoked", terminated=False, signum=None, expired=False)
            raise Ignore
        if run.state == State.PAUSED:
            raise Ignore
        if ending.state == State.FAILED and error is not None:
            raise error

    def _claim(self) -> Run | None:
        claim = partial(
            Run.objects.claim,
            self.request.id,
            worker=self.request.hostname,
            jobs=[self.job.name],
            at_most=self.job.limit,
        )
        try:
            return claim()
        except (InterfaceError, OperationalError):
            # The kept connection has died. A claim that arrived all the same ends with its lease.
            connection.close()
            return claim()

    def _send_progress(self, progress: RecordedProgress) -> None:
        self._say("task-progress", current=progress.done, total=progress.total, message=progress.message)

    def _say(self, event: str, **facts: Any) -> None:
        """For Flower; the row has it already, so a broker that is away neither stops nor delays the job."""
        if not dispatch.broker_rests():
            try:
                self.send_event(event, retry=False, **facts)
            except dispatch.broker_errors() as error:
                dispatch.let_broker_rest()
                log.debug("The event %s was not sent: %s", event, error)

    def _refuse(self, options: Mapping[str, Any]) -> None:
        for name in CANVAS:
            if options.get(name):
                raise CanvasRefused(self.name, name)
        for name in REFUSED:
            if options.get(name) is not None:
                raise OptionRefused(self.name, name)


def job_task(job: Job) -> Callable[[Callable[[JobTask], None]], JobTask]:
    """Declare the task of a job: it has the job's name and time limits; its runs know their queue."""
    limit = job.time_limit
    options: dict[str, Any] = {
        "soft_time_limit": limit.total_seconds() if limit else None,
        "time_limit": (limit + GRACE).total_seconds() if limit else None,
    }
    declared: Callable[[Callable[[JobTask], None]], JobTask]
    declared = shared_task(base=JobTask, bind=True, name=job.name, job=job, **options)
    return declared


def _due(countdown: float | None, eta: datetime | None) -> datetime | None:
    if countdown:
        return timezone.now() + timedelta(seconds=countdown)
    if eta is not None and timezone.is_naive(eta):
        return timezone.make_aware(eta)
    return eta


def _explain(error: BaseException) -> str | None:
    if isinstance(error, SoftTimeLimitExceeded):
        return "The time limit of the job is over; give it a longer time_limit in the catalog, or less to do"
    return None

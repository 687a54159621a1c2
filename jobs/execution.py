"""One attempt of a claimed run, from its parameters to its ending: the same for terminals and workers."""

import json
import logging
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from pydantic import TypeAdapter

from jobs.children import await_children
from jobs.exceptions import FailedWithResult, LeaseLost, StopReason, StopRequested
from jobs.failure import error_sentence, has_no_database, qualified_name
from jobs.job import Job
from jobs.log import captured_log, storable
from jobs.models.ending import Ending
from jobs.models.run import Run
from jobs.models.run_queryset import CRASH_LIMIT, POISON
from jobs.models.state import State
from jobs.recording import Listener, RecordedProgress, RunJobs

ANY: TypeAdapter[Any] = TypeAdapter(Any)
AGAIN_EVERY = 0.5  # seconds between two tries to write the end while the database is away
# The state that each leads to, what is said of it, and the outcome of the attempt where the state is not.
STOPS = {
    StopReason.CANCELLED: (State.CANCELLED, "Cancelled: it stopped at a checkpoint", ""),
    StopReason.PAUSED: (State.PAUSED, "Paused: it stopped at a checkpoint", "yielded"),
    StopReason.INTERRUPTED: (State.PAUSED, "Interrupted: it stopped at a checkpoint", ""),
    StopReason.YIELDED: (State.QUEUED, "Handed back: its worker was told to stop", "yielded"),
    StopReason.WAITING: (State.QUEUED, "", "waiting"),
}

log = logging.getLogger(__name__)


class Execution:
    """Performs one attempt. `error` is what the function raised, for whoever has to pass it on.

    `hand_over` may take it upon itself to write the end.
    `run_jobs` runs the jobs that the job calls. `explain` may know a better sentence for an error than the
    error says itself. `attended`, by a person at a terminal, it goes back to no queue: it is paused where a
    worker's would be tried again after a crash.
    """

    def __init__(
        self,
        job: Job,
        run: Run,
        *,
        listeners: tuple[Listener, ...] = (),
        must_yield: Callable[[], bool] = lambda: False,
        explain: Callable[[BaseException], str | None] = lambda error: None,
        hand_over: Callable[[Run, Ending], bool] = lambda run, ending: False,
        run_jobs: RunJobs = await_children,
    ) -> None:
        self.job = job
        self.run = run
        self.error: BaseException | None = None
        self.progress: RecordedProgress | None = None
        self._listeners = listeners
        self._must_yield = must_yield
        self._explain = explain
        self._hand_over = hand_over
        self._run_jobs = run_jobs

    def perform(self) -> Ending:
        """Call the function and write how it ended; what it raised is recorded only. Raises LeaseLost."""
        with captured_log() as capture:
            progress = RecordedProgress(
                self.run,
                capture,
                listeners=self._listeners,
                must_yield=self._must_yield,
                run_jobs=self._run_jobs,
            )
            self.progress = progress
            if self.run.cursor is not None:
                log.info("Resumed behind the last batch that was committed: %s", self.run.cursor)
            ending = self._call(progress)
        if not self._hand_over(self.run, ending):
            self._finish(ending)
        if self.run.state == State.CANCELLED:
            Run.objects.filter(parent=self.run).cancel()  # a child that it made after it was asked to stop
        return ending

    def _call(self, progress: RecordedProgress) -> Ending:
        try:
            return self._ending(State.SUCCEEDED, progress, result=self._result(progress))
        except StopRequested as stop:
            self.error = stop
            state, sentence, outcome = STOPS[stop.reason]
            wait = timedelta(0) if state == State.QUEUED else None
            return self._ending(
                state, progress, error=sentence, outcome=outcome, wait=wait, awaits=stop.awaits
            )
        except KeyboardInterrupt as interrupt:
            self.error = interrupt
            return self._ending(State.PAUSED, progress, error="Interrupted at once, between two checkpoints")
        except LeaseLost:
            raise
        except (Exception, SystemExit) as error:  # whatever a job raises is its attempt's outcome
            self.error = error
            return self._cut_off(error, progress) if has_no_database(error) else self._failed(error, progress)

    def _result(self, progress: RecordedProgress) -> Any:
        values = self.job.parameters.parse(self.run.parameters)
        if self.job.parameters.takes_progress:
            values["progress"] = progress
        try:
            return _as_json(self.job.function(**values))
        finally:
            progress.close()

    def _failed(self, error: BaseException, progress: RecordedProgress) -> Ending:
        wait = self._wait_after(error)
        found = error.result if isinstance(error, FailedWithResult) else None
        return self._ending(
            State.FAILED if wait is None else State.QUEUED,
            progress,
            outcome="retried",
            failed=True,
            wait=wait,
            result=_as_json(found),
            **self._described(error),
        )

    def _cut_off(self, error: BaseException, progress: RecordedProgress) -> Ending:
        """The database went away under it, which is not its fault."""
        facts = self._described(error)
        if self.run.attended:
            return self._ending(State.PAUSED, progress, crashed=True, **facts)
        if self.run.crashes + 1 >= CRASH_LIMIT:
            return self._ending(State.FAILED, progress, crashed=True, **{**facts, "error": POISON})
        return self._ending(
            State.QUEUED, progress, outcome="crashed", crashed=True, wait=timedelta(0), **facts
        )

    def _described(self, error: BaseException) -> dict[str, str]:
        return {
            "error": self._explain(error) or error_sentence(error),
            "error_type": qualified_name(error),
            "traceback": storable("".join(traceback.format_exception(error))),
        }

    def _wait_after(self, error: BaseException) -> timedelta | None:
        retry, failures = self.job.retry, self.run.failures + 1
        if self.run.attended or not retry or not isinstance(error, retry.on) or failures >= retry.attempts:
            return None
        return retry.wait_after(failures)

    def _ending(self, state: State, progress: RecordedProgress, **facts: Any) -> Ending:
        return Ending(
            state=state,
            log=progress.log.text(),
            done=progress.done,
            total=progress.total,
            message=progress.message,
            **facts,
        )

    def _finish(self, ending: Ending) -> None:
        """Write the end; a database that is away is waited for, as long as the lease allows."""
        until = time.monotonic() + 0.8 * settings.LEASE.total_seconds()
        tried = False
        while True:
            try:
                return self.run.finish(ending)
            except (InterfaceError, OperationalError):
                if connection.in_atomic_block or time.monotonic() > until:
                    raise
            except LeaseLost:
                if not (tried and self._was_written(ending)):
                    raise
                return None
            tried = True
            connection.close()
            time.sleep(AGAIN_EVERY)

    def _was_written(self, ending: Ending) -> bool:
        """Whether a write whose answer was lost has arrived all the same."""
        attempt = self.run.attempt
        self.run.refresh_from_db()
        return self.run.attempt == attempt and self.run.state in (ending.state, State.CANCELLED, State.PAUSED)


def _as_json(result: Any) -> Any:
    """JSON has no NaN and no infinity: they become null, since the work that they came of is done."""
    return json.loads(json.dumps(ANY.dump_python(result, mode="json")), parse_constant=lambda name: None)

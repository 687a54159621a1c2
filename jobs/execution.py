"""One attempt of a claimed run, from its parameters to its ending: the same for terminals and workers."""

import traceback
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from jobs.exceptions import LeaseLost, StopReason, StopRequested
from jobs.job import Job
from jobs.log import captured_log, storable
from jobs.models.ending import Ending
from jobs.models.run import Run
from jobs.models.state import State
from jobs.recording import Listener, RecordedProgress

ANY: TypeAdapter[Any] = TypeAdapter(Any)


class Execution:
    """Performs one attempt. `error` is what the function raised, for whoever has to pass it on.

    `explain` may know a better sentence for an error than the error says itself.
    """

    def __init__(
        self,
        job: Job,
        run: Run,
        *,
        listeners: tuple[Listener, ...] = (),
        retries: bool = True,
        explain: Callable[[BaseException], str | None] = lambda error: None,
    ) -> None:
        self.job = job
        self.run = run
        self.retries = retries
        self.error: BaseException | None = None
        self.progress: RecordedProgress | None = None
        self._listeners = listeners
        self._explain = explain

    def perform(self) -> Ending:
        """Call the function and write how it ended; what it raised is recorded only. Raises LeaseLost."""
        with captured_log() as capture:
            self.progress = RecordedProgress(self.run, capture, listeners=self._listeners)
            ending = self._call(self.progress)
        self.run.finish(ending)
        return ending

    def _call(self, progress: RecordedProgress) -> Ending:
        try:
            values = self.job.parameters.parse(self.run.parameters)
            if self.job.parameters.takes_progress:
                values["progress"] = progress
            result = ANY.dump_python(self.job.function(**values), mode="json")
            return self._ending(State.SUCCEEDED, progress, result=result)
        except StopRequested as stop:
            self.error = stop
            return self._stopped(stop, progress)
        except KeyboardInterrupt as interrupt:
            self.error = interrupt
            return self._ending(
                State.CANCELLED, progress, error="Interrupted at once, between two checkpoints"
            )
        except LeaseLost:
            raise
        except (Exception, SystemExit) as error:  # whatever a job raises is its attempt's outcome
            self.error = error
            return self._failed(error, progress)

    def _stopped(self, stop: StopRequested, progress: RecordedProgress) -> Ending:
        sentence = {
            StopReason.CANCELLED: "Cancelled: it stopped at a checkpoint",
            StopReason.INTERRUPTED: "Interrupted: it stopped at a checkpoint",
        }[stop.reason]
        return self._ending(State.CANCELLED, progress, error=sentence)

    def _failed(self, error: BaseException, progress: RecordedProgress) -> Ending:
        wait = self._wait_after(error)
        return self._ending(
            State.FAILED if wait is None else State.QUEUED,
            progress,
            wait=wait,
            error=self._explain(error) or error_sentence(error),
            error_type=qualified_name(error),
            traceback=storable("".join(traceback.format_exception(error))),
        )

    def _wait_after(self, error: BaseException) -> Any:
        retry = self.job.retry
        again = self.retries and retry and isinstance(error, retry.on) and self.run.attempt < retry.attempts
        return retry.wait_after(self.run.attempt) if retry and again else None

    def _ending(self, state: State, progress: RecordedProgress, **facts: Any) -> Ending:
        return Ending(
            state=state,
            log=progress.log.text(),
            done=progress.done,
            total=progress.total,
            message=progress.message,
            **facts,
        )


def error_sentence(error: BaseException) -> str:
    """What the error says; its type alone where it says nothing."""
    return storable(str(error)) or type(error).__name__


def qualified_name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"

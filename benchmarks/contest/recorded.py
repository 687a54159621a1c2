"""Our own contestants are runs, with all that is written for one, since that is what people run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.log import LogCapture
from jobs.models.run import Run
from jobs.recording import RecordedProgress


class TimedProgress(RecordedProgress):
    """Keeps the longest transaction of a batch, in seconds."""

    longest = 0.0

    @contextmanager
    def _batch(self) -> Iterator[None]:
        begin = time.perf_counter()
        with super()._batch():
            yield
        self.longest = max(self.longest, time.perf_counter() - begin)


def recorded(job: str) -> TimedProgress:
    """Of a run that was queued and claimed."""
    run = Run.objects.claim(Run.objects.create(job=job).pk, worker="benchmark", jobs=[job])
    assert run is not None, "nobody else takes runs of the benchmark's database"
    return TimedProgress(run, LogCapture())

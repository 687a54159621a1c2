"""The job whose effects the fault tests count. Their table has no unique key: twice would be seen."""

import os
import signal
import time

from django.db import connection

from jobs.job import Job
from jobs.progress import Progress, silent
from tasks.base import JobTask, job_task

TABLE = "CREATE TABLE IF NOT EXISTS tests_effect (run_id uuid NOT NULL, item int NOT NULL)"
INSERT = "INSERT INTO tests_effect (run_id, item) SELECT %s, unnest(%s::int[])"


def have_effects(
    items: int, *, size: int = 4, seconds: float = 0.0, crash_at: str = "", progress: Progress = silent
) -> int:
    """Write each item once, in batches that take so many seconds."""
    for number, batch in enumerate(progress.batches(range(items), size)):
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [progress.key, list(batch)])
        if crash_at == "mid_batch" and number == 1 and _is_first_attempt(progress):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(seconds)
        progress.counts()["items"] += len(batch)
    return progress.counts()["items"]


def _is_first_attempt(progress: Progress) -> bool:
    run = getattr(progress, "run", None)
    return run is not None and run.attempt == 1


HAVE_EFFECTS = Job(function=have_effects, queue="faults")


@job_task(HAVE_EFFECTS)
def have_effects_task(task: JobTask) -> None:
    task.perform()

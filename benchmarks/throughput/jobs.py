"""A job that does nothing but say when it began; the worker takes it by `--include`."""

from benchmarks.throughput import starts
from jobs.job import Job
from tasks.base import JobTask, job_task


def nothing() -> None:
    """Do nothing."""
    starts.record()


@job_task(Job(function=nothing))
def nothing_task(task: JobTask) -> None:
    task.perform()

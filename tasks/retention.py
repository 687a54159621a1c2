"""The tasks of jobs/services/retention.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.CLEANUP_RUNS)
def cleanup_runs(task: JobTask) -> None:
    task.perform()

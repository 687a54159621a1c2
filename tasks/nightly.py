"""The tasks of jobs/services/nightly.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.NIGHTLY)
def nightly(task: JobTask) -> None:
    task.perform()

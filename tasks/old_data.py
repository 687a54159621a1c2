"""The tasks of jobs/services/old_data.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.CLEANUP_OLD_DATA)
def cleanup_old_data(task: JobTask) -> None:
    task.perform()

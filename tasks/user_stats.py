"""The tasks of jobs/services/user_stats.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.COMPUTE_USER_STATS)
def compute_user_stats(task: JobTask) -> None:
    task.perform()

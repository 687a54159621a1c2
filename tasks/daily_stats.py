"""The tasks of jobs/services/daily_stats.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.COMPUTE_DAILY_STATS)
def compute_daily_stats(task: JobTask) -> None:
    task.perform()

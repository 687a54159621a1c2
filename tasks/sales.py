"""The tasks of jobs/services/sales.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.SALES_REPORT)
def sales_report(task: JobTask) -> None:
    task.perform()

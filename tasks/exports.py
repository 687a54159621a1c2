"""The tasks of jobs/services/exports.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.EXPORT_PRODUCTS)
def export_products(task: JobTask) -> None:
    task.perform()


@job_task(catalog.EXPORT_USERS)
def export_users(task: JobTask) -> None:
    task.perform()

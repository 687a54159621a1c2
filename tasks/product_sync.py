"""The tasks of jobs/services/product_sync.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.SYNC_PRODUCTS)
def sync_products(task: JobTask) -> None:
    task.perform()

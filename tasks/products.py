"""The tasks of jobs/services/products.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.IMPORT_PRODUCTS)
def import_products(task: JobTask) -> None:
    task.perform()

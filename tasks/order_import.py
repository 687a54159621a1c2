"""The tasks of jobs/services/order_import.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.IMPORT_ORDERS)
def import_orders(task: JobTask) -> None:
    task.perform()

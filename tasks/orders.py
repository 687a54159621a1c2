"""The tasks of jobs/services/orders.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.PROCESS_ORDERS)
def process_orders(task: JobTask) -> None:
    task.perform()

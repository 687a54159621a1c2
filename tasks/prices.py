"""The tasks of jobs/services/prices.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.BULK_UPDATE_PRICES)
def bulk_update_prices(task: JobTask) -> None:
    task.perform()

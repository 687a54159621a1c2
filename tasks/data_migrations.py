"""The tasks of jobs/services/data_migrations.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.MIGRATE_DATA)
def migrate_data(task: JobTask) -> None:
    task.perform()

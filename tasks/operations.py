"""The tasks of those who run the service: health, database, counts, checksums, commands."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.CHECK_HEALTH)
def check_health(task: JobTask) -> None:
    task.perform()


@job_task(catalog.CHECK_DATABASE)
def check_database(task: JobTask) -> None:
    task.perform()


@job_task(catalog.COUNT_ROWS)
def count_rows(task: JobTask) -> None:
    task.perform()


@job_task(catalog.CHECKSUM_FILES)
def checksum_files(task: JobTask) -> None:
    task.perform()


@job_task(catalog.RUN_COMMAND)
def run_command(task: JobTask) -> None:
    task.perform()

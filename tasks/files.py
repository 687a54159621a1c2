"""The tasks of jobs/services/files.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.PROCESS_FILE)
def process_file(task: JobTask) -> None:
    task.perform()

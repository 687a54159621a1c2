"""The tasks of jobs/services/emails.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.NORMALIZE_EMAILS)
def normalize_emails(task: JobTask) -> None:
    task.perform()

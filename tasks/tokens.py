"""The tasks of jobs/services/tokens.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.CLEANUP_TOKENS)
def cleanup_tokens(task: JobTask) -> None:
    task.perform()

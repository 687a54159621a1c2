"""The tasks of jobs/services/greetings.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.GREET)
def greet(task: JobTask) -> None:
    task.perform()

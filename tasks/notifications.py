"""The tasks of jobs/services/notifications.py."""

from jobs import catalog
from tasks.base import JobTask, job_task


@job_task(catalog.SEND_NOTIFICATION_EMAIL)
def send_notification_email(task: JobTask) -> None:
    task.perform()


@job_task(catalog.SEND_NOTIFICATIONS)
def send_notifications(task: JobTask) -> None:
    task.perform()

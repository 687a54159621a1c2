"""Celery's remote control, where revoking means the run: workers forget, the row does not."""

from typing import Any

from celery.app.control import Control
from django.apps import apps


class RunControl(Control):
    def revoke(self, task_id: str | list[str], *args: Any, **kwargs: Any) -> None:
        """End the run where it waits; where it runs, ask it to stop at its next checkpoint."""
        ids = task_id if isinstance(task_id, list | tuple | set) else [task_id]
        # Not imported: Celery loads this class before Django has its models.
        apps.get_model("jobs", "Run").objects.filter(pk__in=ids).cancel()

"""A job whose task was forgotten."""

import pytest
from celery import current_app

from tasks.checks import check_tasks


def test_every_job_of_the_catalog_has_a_task() -> None:
    assert check_tasks(None) == []


def test_a_job_without_a_task_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(current_app.tasks, "greet")

    (error,) = check_tasks(None)

    assert error.msg == "greet: it has no task"
    assert "tasks/apps.py" in error.hint

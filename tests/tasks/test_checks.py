"""What of a declaration Celery could not carry out."""

from dataclasses import replace

import pytest
from celery import current_app

from jobs.catalog import JOBS
from tasks.checks import check_schedules, check_tasks


def test_every_job_of_the_catalog_has_a_task() -> None:
    assert check_tasks(None) == []


def test_a_job_without_a_task_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(current_app.tasks, "greet")

    (error,) = check_tasks(None)

    assert error.msg == "greet: it has no task"
    assert "tasks/apps.py" in error.hint


def test_beat_reads_every_schedule_of_the_catalog() -> None:
    assert check_schedules(None) == []


@pytest.mark.parametrize("line", ["30 3 * * 7", "0 9 * * mon-fri", "*/5 1-5/2 1,15 jan *", "0 0 * * 5-7"])
def test_a_schedule_that_beat_reads_is_no_problem(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setitem(JOBS, "greet", replace(JOBS["greet"], schedule=line))

    assert check_schedules(None) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("61 * * * *", "61 > 59"),
        ("* * * * * *", "6 fields instead of five"),
        ("", "0 fields instead of five"),
        ("0 0 L * *", "'L'"),
        ("0 0 * * 1#2", "'1#2'"),
        ("@daily", "1 fields"),
    ],
)
def test_a_schedule_that_beat_cannot_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, line: str, words: str
) -> None:
    monkeypatch.setitem(JOBS, "greet", replace(JOBS["greet"], schedule=line))

    (error,) = check_schedules(None)

    assert words in error.msg
    assert "30 3 * * *" in error.hint

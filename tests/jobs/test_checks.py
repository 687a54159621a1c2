"""Wrong declarations, each with its sentence and hint."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobs.checks import check_jobs, problems
from jobs.job import Job, Rejects, Retry
from jobs.risk import Risk
from jobs.services.retention import cleanup_runs


def without_summary() -> None:
    pass


async def waits_for() -> None:
    """Wait."""


def without_type(name) -> None:
    """Do."""


def with_own_json(json: str) -> None:
    """Do."""


def with_wrong_default(times: int = "many") -> None:  # type: ignore[assignment]
    """Do."""


def needs_a_name(name: str) -> None:
    """Do."""


def says_hello() -> None:
    """Say hello."""


@pytest.mark.parametrize(
    ("function", "options", "number", "words"),
    [
        (waits_for, {}, 2, "async"),
        (without_summary, {}, 3, "summary"),
        (without_type, {}, 4, "'name' has no type"),
        (with_own_json, {}, 5, "option of every command"),
        (with_wrong_default, {}, 6, "default 'many'"),
        (needs_a_name, {"schedule": "0 3 * * *"}, 7, "needs 'name'"),
        (says_hello, {"retry": Retry(on=(OSError,), attempts=1)}, 8, "never tries again"),
        (says_hello, {"retry": Retry(on=(OSError,), jitter=2)}, 9, "jitter"),
        (says_hello, {"priority": 10}, 10, "priority"),
        (says_hello, {"time_limit": timedelta(milliseconds=5)}, 11, "under a second"),
        (says_hello, {}, 12, "no command"),
        (needs_a_name, {"rejects": Rejects(again="name")}, 15, "'name', which is no parameter that takes"),
        (says_hello, {"rejects": Rejects(again="path")}, 15, "'path', which is no parameter that takes"),
        (says_hello, {"risk": Risk(counted="deleted")}, 13, "which no preview of it has"),
        (cleanup_runs, {"risk": Risk(counted="rows")}, 13, "which no preview of it has"),
        (says_hello, {"jobs_named_in": "jobs"}, 14, "no parameter 'jobs'"),
    ],
)
def test_a_wrong_declaration_is_refused(
    function: Callable[..., Any], options: dict[str, Any], number: int, words: str
) -> None:
    found = {error.id: error for error in problems(Job(function=function, **options))}

    error = found[f"jobs.E{number:03}"]
    assert words in error.msg
    assert error.hint


def test_the_catalog_has_no_problem() -> None:
    assert check_jobs(None) == []

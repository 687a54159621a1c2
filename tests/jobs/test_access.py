"""Who may see and start which job."""

import pytest
from django.contrib.auth.models import User

from jobs import catalog
from jobs.access import SEVERAL, hidden_from, may_see, may_start, told_of
from jobs.models import Run
from tests.jobs.people import make_private, person

pytestmark = pytest.mark.django_db


def test_without_a_permission_everything_is_seen_and_nothing_started() -> None:
    reader = person()

    assert hidden_from(reader) == []
    assert not any(may_start(reader, job) for job in catalog.JOBS)


def test_one_starts_the_job_that_one_was_given_and_no_other() -> None:
    user = person("run_greet")

    assert [job for job in catalog.JOBS if may_start(user, job)] == ["greet"]


def test_who_may_start_any_job_starts_all() -> None:
    assert all(may_start(person("add_run"), job) for job in catalog.JOBS)


def test_a_private_job_is_seen_by_who_has_it_and_by_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    make_private(monkeypatch, "greet")

    assert hidden_from(person("add_run", "run_greet")) == ["greet"]
    assert may_see(person("view_greet"), "greet")
    assert may_see(User.objects.create_superuser("root"), "greet")


def test_nobody_starts_what_they_may_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    make_private(monkeypatch, "greet")

    assert not may_start(person("add_run", "run_greet"), "greet")
    assert may_start(person("add_run", "view_greet"), "greet")


def test_the_runs_of_a_private_job_are_in_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    make_private(monkeypatch, "greet")
    Run.objects.create(job="greet")
    shown = Run.objects.create(job="nightly")

    assert list(Run.objects.visible_to(person("add_run"))) == [shown]
    assert Run.objects.visible_to(person("view_greet")).count() == 2


def test_what_is_about_several_private_jobs_names_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("greet", "nightly"):
        make_private(monkeypatch, name)

    told = [told_of(jobs) for jobs in (["check_health"], ["check_health", "greet"], ["greet", "nightly"])]

    assert told == ["", "greet", SEVERAL]

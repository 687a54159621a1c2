"""What is true of every job."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from jobs import catalog
from jobs.arguments import words
from jobs.checks import problems
from jobs.exceptions import UnknownJob
from jobs.job import Job
from tasks.base import JobTask
from tests.samples import Samples

ROOT = Path(__file__).resolve().parent.parent
JOBS = [pytest.param(job, id=name) for name, job in catalog.JOBS.items()]
PREVIEWED = [pytest.param(job, id=job.name) for job in catalog.JOBS.values() if job.has_preview]
RECORD = {"jobs_run", "jobs_attempt", "jobs_artifact", "jobs_heartbeat"}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_is_declared_without_a_problem(job: Job) -> None:
    assert list(problems(job)) == []


def test_a_subject_is_a_few_words_and_always_the_same() -> None:
    subjects = {job.subject for job in catalog.JOBS.values()}

    assert len({subject.casefold() for subject in subjects}) == len(subjects)
    assert all(subject[:1].isupper() and len(subject) <= 20 for subject in subjects)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_its_command(job: Job) -> None:
    command = import_module(f"jobs.management.commands.{job.name}").Command

    assert command.job is job


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_its_task(job: Job) -> None:
    task = current_app.tasks[job.name]

    assert isinstance(task, JobTask)
    assert task.job is job


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_its_place_in_the_docs(job: Job) -> None:
    sections = (ROOT / "docs" / "jobs.md").read_text().split("\n## ")

    (section,) = (each for each in sections if each.startswith(f"{job.name}\n"))

    fences = [line for line in section.splitlines() if line.startswith("```")]
    assert set(fences[1::2]) == {"```"}
    assert "```" not in fences[::2]
    assert f"manage.py {job.name}" in section


@pytest.mark.parametrize("job", JOBS)
def test_the_defaults_of_a_job_come_back_from_where_they_are_stored(job: Job) -> None:
    defaults = {item.name: item.default for item in job.parameters.items if not item.is_required}

    stored = job.parameters.dump(defaults)

    assert {
        name: job.parameters.model(**placeholders(job), **stored).__dict__[name] for name in stored
    } == defaults


@pytest.mark.parametrize("job", PREVIEWED)
@pytest.mark.django_db
def test_a_dry_run_changes_nothing(job: Job, samples: Samples, settings: Any, tmp_path: Path) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"
    before = checksums()

    job.function(**samples[job.name], dry_run=True)

    assert checksums() == before
    job.function(**samples[job.name], dry_run=False)
    assert checksums() != before, "the sample gives the job nothing to do, so it proves nothing"


@pytest.mark.parametrize("job", PREVIEWED)
@pytest.mark.django_db
def test_a_dry_run_by_command_leaves_a_record_and_no_other_change(
    job: Job, samples: Samples, settings: Any, tmp_path: Path
) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"
    before = {name: sum_ for name, sum_ in checksums().items() if name not in RECORD}

    call_command(job.name, *words(job.parameters, samples[job.name]), dry_run=True, verbosity=0)

    after = {name: sum_ for name, sum_ in checksums().items() if name not in RECORD}
    assert after == before


def test_a_job_that_nobody_knows_is_a_sentence_with_the_nearest_one() -> None:
    with pytest.raises(UnknownJob, match="no job named 'import_product'; did you mean 'import_products'"):
        catalog.get("import_product")


def placeholders(job: Job) -> dict[str, Any]:
    """A number can be read as a text or a path too, a row is taken as it is."""
    required = [item for item in job.parameters.items if item.is_required]
    values = {
        item.name: item.reading.model() if item.reading.model else next(iter(item.choices), "1")
        for item in required
    }
    return {item.name: [values[item.name]] if item.is_list else values[item.name] for item in required}


def checksums() -> dict[str, str]:
    """Of every table's rows, in whatever order they lie."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()[0]
    return found

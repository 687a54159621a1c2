"""What is true of every job."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from jobs import catalog
from jobs.checks import problems
from jobs.exceptions import UnknownJob
from jobs.job import Job
from jobs.models import AuditLog, AuthToken, Product
from jobs.models.notification import Notification
from jobs.models.order import Order
from jobs.models.run import Origin, Run
from jobs.models.state import State
from jobs.services import products
from tasks.base import JobTask
from tests.web_server import Site, as_json, web_server

ROOT = Path(__file__).resolve().parent.parent
JOBS = [pytest.param(job, id=name) for name, job in catalog.JOBS.items()]
PREVIEWED = [pytest.param(job, id=job.name) for job in catalog.JOBS.values() if job.has_preview]
RECORD = {"jobs_run", "jobs_attempt", "jobs_artifact", "jobs_heartbeat"}


@dataclass(frozen=True)
class Sample:
    """Parameters that give a job something to change."""

    parameters: dict[str, Any]


@pytest.fixture
def site() -> Iterator[Site]:
    with web_server() as site:
        yield site


@pytest.fixture
def samples(tmp_path: Path, settings: Any, site: Site) -> dict[str, Sample]:
    """A job that can be previewed and has none here fails its test."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("sku,name,price\n1,Bread,1.00\n2,Milk,2.00\n")
    second.write_text("sku,name,price\n1,Rye bread,1.50\n3,Salt,0.50\n4,,1\n")
    products.import_products(first)
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "number,customer,placed_at,amount\n1,900,2026-03-01T14:30,3.99\n2,,2026-03-01T14:30,1\n"
    )
    Run.objects.create(
        job="greet",
        state=State.FAILED,
        origin=Origin.CODE,
        finished_at=timezone.now() - timezone.timedelta(days=400),
    )
    long_ago = timezone.now() - timezone.timedelta(days=400)
    Order.objects.create(
        number="1", customer="ann", placed_at=timezone.now() - timezone.timedelta(days=1), amount="9.90"
    )
    user = User.objects.create(username="ann", email=" Ann@Example.com")
    Notification.objects.create(user=user, subject="Tea", message="is ready")
    AuthToken.objects.create(user=user, digest="a", created_at=long_ago)
    AuditLog.objects.create(user=user, action="login", created_at=long_ago)
    Product.objects.filter(sku="1").update(category="Breads")
    settings.ALLOW_PRIVATE_ADDRESSES = True
    page = site.on("/", as_json([{"sku": "4", "name": "Tea", "price": 1}]))
    return {
        "import_products": Sample({"path": second}),
        "cleanup_runs": Sample({}),
        "bulk_update_prices": Sample({"percentage": "10"}),
        "process_orders": Sample({}),
        "compute_daily_stats": Sample({}),
        "send_notifications": Sample({}),
        "import_orders": Sample({"path": orders}),
        "normalize_emails": Sample({}),
        "cleanup_tokens": Sample({}),
        "migrate_data": Sample({"name": "merge_categories", "old": "Breads", "new": "Bakery"}),
        "cleanup_old_data": Sample({}),
        "sync_products": Sample({"url": page}),
    }


@pytest.mark.parametrize("job", JOBS)
def test_a_job_is_declared_without_a_problem(job: Job) -> None:
    assert list(problems(job)) == []


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
def test_a_dry_run_changes_nothing(
    job: Job, samples: dict[str, Sample], settings: Any, tmp_path: Path
) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"
    before = checksums()

    job.function(**samples[job.name].parameters, dry_run=True)

    assert checksums() == before
    job.function(**samples[job.name].parameters, dry_run=False)
    assert checksums() != before, "the sample gives the job nothing to do, so it proves nothing"


@pytest.mark.parametrize("job", PREVIEWED)
@pytest.mark.django_db
def test_a_dry_run_by_command_leaves_a_record_and_no_other_change(
    job: Job, samples: dict[str, Sample], settings: Any, tmp_path: Path
) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"
    before = {name: sum_ for name, sum_ in checksums().items() if name not in RECORD}

    call_command(job.name, *words(job, samples[job.name].parameters), dry_run=True, verbosity=0)

    after = {name: sum_ for name, sum_ in checksums().items() if name not in RECORD}
    assert after == before


def test_a_job_that_nobody_knows_is_a_sentence_with_the_nearest_one() -> None:
    with pytest.raises(UnknownJob, match="no job named 'import_product'; did you mean 'import_products'"):
        catalog.get("import_product")


def words(job: Job, parameters: dict[str, Any]) -> list[str]:
    """As they are given on a command line."""
    named = {name: f"--{name.replace('_', '-')}={value}" for name, value in parameters.items()}
    return [
        str(parameters[name]) if job.parameters.by_name[name].is_positional else named[name] for name in named
    ]


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

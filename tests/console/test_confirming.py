"""Risky jobs, by their forms."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from jobs import catalog
from jobs.models import AuditLog, Product, Run
from jobs.models.state import Awaits, State
from tests.console.conftest import MakeRun

PRICES = {"percentage": "10", "dry_run": True}
FORM = {"percentage": "10", "category": "", "atomic": "on", "batch_size": "10000", "dry_run": "false"}


@pytest.fixture
def preview(make_run: MakeRun) -> Run:
    parameters = catalog.BULK_UPDATE_PRICES.parameters
    stored = parameters.dump(parameters.parse(PRICES))
    return make_run(
        State.SUCCEEDED, job="bulk_update_prices", parameters=stored, result={"matched": 9, "changed": 1234}
    )


def test_the_form_of_a_risky_job_asks_for_what_it_needs(as_operator: Client) -> None:
    page = as_operator.get("/jobs/bulk_update_prices/").content.decode()

    assert 'name="risk-count"' in page
    assert 'name="risk-reason"' in page
    assert 'name="risk-' not in as_operator.get("/jobs/greet/").content.decode()


def test_it_is_previewed_without_any_of_it(as_operator: Client) -> None:
    as_operator.post("/jobs/bulk_update_prices/runs/", FORM | {"dry_run": "true"})

    assert Run.objects.get().parameters["dry_run"] is True


def test_without_a_preview_it_says_to_make_one_and_keeps_what_was_typed(as_operator: Client) -> None:
    said = {"risk-count": "5", "risk-reason": "The winter sale"}
    answer = as_operator.post("/jobs/bulk_update_prices/runs/", FORM | said)

    assert answer.status_code == 422
    assert "Preview it first" in answer.content.decode()
    assert 'value="The winter sale"' in answer.content.decode()
    assert not Run.objects.exists()


def test_behind_its_preview_it_starts_with_the_count_and_the_reason(
    as_operator: Client, operator: User, preview: Run
) -> None:
    said = {"risk-count": "1,234", "risk-reason": "The winter sale"}

    answer = as_operator.post("/jobs/bulk_update_prices/runs/", FORM | said)

    run = Run.objects.exclude(pk=preview.pk).get()
    assert answer["Location"] == f"/runs/{run.pk}/"
    assert AuditLog.objects.get(action="confirmed").details["reason"] == "The winter sale"


def test_the_page_of_the_preview_says_what_to_type_and_runs_it_for_real(
    as_operator: Client, preview: Run
) -> None:
    page = as_operator.get(f"/runs/{preview.pk}/").content.decode()
    said = {"risk-count": "1234", "risk-reason": "The winter sale"}
    as_operator.post(f"/runs/{preview.pk}/real-run/", said)

    assert "Type 1,234 for 1,234 changed" in page
    assert Run.objects.exclude(pk=preview.pk).get().parameters["dry_run"] is False


def test_for_real_without_a_word_it_is_not_started(as_operator: Client, preview: Run) -> None:
    answer = as_operator.post(f"/runs/{preview.pk}/real-run/", follow=True)

    assert "The count is missing: type 1,234" in answer.content.decode()
    assert Run.objects.get() == preview


def test_what_needs_a_second_person_waits_on_its_page(as_operator: Client, make_run: MakeRun) -> None:
    Product.objects.create(sku="1", name="x", price=1, category="Breads")
    values = {"name": "merge_categories", "old": "Breads", "new": "Bakery"}
    parameters = catalog.MIGRATE_DATA.parameters
    stored = parameters.dump(parameters.parse({**values, "dry_run": True}))
    make_run(State.SUCCEEDED, job="migrate_data", parameters=stored, result={"changed": 1})

    said = {"risk-count": "1", "risk-reason": "Two names for one thing", "dry_run": "false"}
    answer = as_operator.post("/jobs/migrate_data/runs/", values | said, follow=True)

    assert Run.objects.latest_first()[0].awaits == Awaits.PERSON
    assert "It waits for the approval of a second person" in answer.content.decode()


def test_jobs_that_one_may_not_start_are_named_to_no_job(as_reader: Client, reader: User) -> None:
    reader.user_permissions.add(Permission.objects.get(codename="run_nightly"))

    answer = as_reader.post("/jobs/nightly/runs/", {"jobs": "greet"})

    assert answer.status_code == 422
    assert "You may not start greet, so nightly does not" in answer.content.decode()

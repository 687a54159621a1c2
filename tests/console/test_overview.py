"""The first page."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from console.live.kinds import KINDS
from jobs.figures import write_day
from jobs.models import Acknowledgement, AuditLog, Heartbeat, Queue, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun

NOW = timezone.now


@pytest.fixture
def _service(db: None) -> None:
    """All is well."""
    for kind in ("worker", "beat"):
        Heartbeat.objects.beat(kind, f"{kind}@here")


def body(client: Client, address: str = "/") -> str:
    return client.get(address).content.decode()


@pytest.mark.usefixtures("_service")
def test_where_nothing_is_wrong_the_page_says_so_calmly(as_reader: Client, make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)

    assert "Nothing needs you." in body(as_reader)


@pytest.mark.usefixtures("_service")
def test_an_empty_service_teaches_the_first_step(as_reader: Client) -> None:
    assert "python manage.py greet World" in body(as_reader)


@pytest.mark.usefixtures("_service")
def test_a_failure_is_shown_with_its_error_and_leads_to_its_run(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.FAILED, job="import_products", error="There is no file\nTraceback")

    page = body(as_reader)

    assert "Import products failed." in page
    assert "There is no file" in page
    assert "Traceback" not in page
    assert f'href="/runs/{run.pk}/"' in page


@pytest.mark.usefixtures("_service")
def test_marking_failures_as_seen_takes_them_away(
    as_operator: Client, operator: User, make_run: MakeRun
) -> None:
    run = make_run(State.FAILED, error="It broke")

    answer = as_operator.post("/acknowledgements/", {"until": NOW().isoformat()}, follow=True)

    assert "Nothing needs you." in answer.content.decode()
    assert Acknowledgement.objects.get().run == run
    assert AuditLog.objects.get().action == "marked failures as seen"


def test_what_failed_after_the_page_was_opened_is_not_marked(as_operator: Client, make_run: MakeRun) -> None:
    opened_at = NOW()
    make_run(State.FAILED, error="It broke")

    as_operator.post("/acknowledgements/", {"until": opened_at.isoformat()})

    assert not Acknowledgement.objects.exists()


def test_the_failures_of_one_job_can_be_marked(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.FAILED, error="It broke")
    make_run(State.FAILED, job="nightly", error="It broke")

    as_operator.post("/acknowledgements/", {"job": "greet", "until": "yesterday"})

    assert [each.run for each in Acknowledgement.objects.all()] == [run]


def test_a_reader_may_not_mark_them(as_reader: Client, make_run: MakeRun) -> None:
    make_run(State.FAILED, error="It broke")

    assert as_reader.post("/acknowledgements/").status_code == 403
    assert "acknowledgements" not in body(as_reader)
    assert not Acknowledgement.objects.exists()


def test_what_runs_is_shown_with_how_far_it_is_and_its_pace(as_reader: Client, make_run: MakeRun) -> None:
    begun = NOW() - timedelta(seconds=100)
    make_run(State.RUNNING, job="import_products", done=50_000, total=200_000, started_at=begun)

    page = body(as_reader)

    assert "50,000 of 200,000" in page
    assert "500 a second, about 5 min" in page
    assert 'value="25"' in page


def test_what_is_put_off_is_shown_at_its_time(as_reader: Client, make_run: MakeRun) -> None:
    later = NOW() + timedelta(hours=2)
    run = make_run(State.QUEUED, not_before=later, publish_after=later)

    found = as_reader.get("/").context["page"].planned

    assert f"/runs/{run.pk}/" in [each.url for each in found]


def test_the_days_are_drawn_with_a_table_that_says_the_same(as_reader: Client, make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)
    make_run(State.FAILED, error="It broke")
    write_day(timezone.localdate())

    page = body(as_reader, "/?days=7")

    assert page.count('<rect class="hit"') == 3 * 7
    assert page.count("<tr>") == 1 + 7
    assert "2 runs ended in these 7 days, and 1 of them failed." in page


@pytest.mark.parametrize(("query", "days"), [("", 30), ("?days=7", 7), ("?days=90", 90), ("?days=%00", 30)])
def test_the_days_are_chosen_by_the_address(as_reader: Client, query: str, days: int) -> None:
    assert len(as_reader.get(f"/{query}").context["charts"].days) == days


def test_the_page_costs_few_queries(
    as_operator: Client, make_run: MakeRun, django_assert_max_num_queries: Any
) -> None:
    Queue.objects.pause("bulk")
    for state in State:
        for _ in range(5):
            make_run(state, error="It broke" if state == State.FAILED else "")
    make_run(State.RUNNING, started_at=NOW() - timedelta(days=1))

    with django_assert_max_num_queries(12):
        as_operator.get("/")


def test_its_pictures_are_those_of_the_page(as_reader: Client, make_run: MakeRun) -> None:
    make_run(State.FAILED, error="It broke")
    make_run(State.RUNNING, message="Half of it")

    pictures = KINDS["overview"](["7", "30", "no number"])
    running = KINDS["running"](["all"])["all"].render()["running"]

    assert set(pictures) == {"7", "30"}
    regions = pictures["30"].render()
    assert set(regions) == {"attention", "tiles", "planned", "charts"}
    assert "Greet failed." in regions["attention"]
    assert pictures["30"].offers == {"seen"}
    assert "Half of it" in running


def test_more_open_pages_and_runs_cost_no_more_queries(
    make_run: MakeRun, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        make_run(State.RUNNING)

    with django_assert_num_queries(8):
        KINDS["overview"](["7", "30", "90"])
    with django_assert_num_queries(1):
        KINDS["running"](["all"])


def test_as_long_as_nothing_happens_nothing_is_drawn_anew(make_run: MakeRun) -> None:
    make_run(State.FAILED, error="It broke")

    first, second = (KINDS["overview"](["30"])["30"].fingerprint for _ in range(2))

    assert first == second
    Run.objects.update(state=State.SUCCEEDED, error="")
    assert KINDS["overview"](["30"])["30"].fingerprint != first

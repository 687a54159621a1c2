"""Which runs are listed, and at what cost."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.test import Client

from console.history import COUNTED, PAGE, page_of
from console.run_filter import Filter, parse
from jobs.models import Run
from jobs.models.state import State
from tests.console.conftest import MakeRun


def keys(answer: Any) -> list[str]:
    return [str(run.pk) for run in answer.context["page"].runs]


def test_the_pages_of_the_history_hold_every_run_once_down_and_up(
    as_reader: Client, make_run: MakeRun
) -> None:
    made = sorted((str(make_run(State.SUCCEEDED).pk) for _ in range(120)), reverse=True)
    query = {"q": "state:succeeded"}

    down = [as_reader.get("/runs/", query)]
    while older := down[-1].context["page"].older:
        down.append(as_reader.get("/runs/", {**query, "before": older}))
    up = [down[-1]]
    while newer := up[-1].context["page"].newer:
        up.append(as_reader.get("/runs/", {**query, "after": newer}))

    assert [key for page in down for key in keys(page)] == made
    assert [key for page in reversed(up) for key in keys(page)] == made


def test_a_page_of_few_runs_counts_them_and_leads_nowhere(reader: User, make_run: MakeRun) -> None:
    make_run()

    page = page_of(Filter())

    assert (len(page.runs), page.count, page.older, page.newer) == (1, 1, None, None)


def test_many_runs_are_not_counted_to_the_end(as_reader: Client, db: None) -> None:
    Run.objects.bulk_create(Run(job="greet") for _ in range(COUNTED + 5))

    assert "more than 1,000 runs" in as_reader.get("/runs/").content.decode()


def test_a_count_that_takes_too_long_is_left_out(
    as_reader: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run.objects.bulk_create(Run(job="greet") for _ in range(PAGE + 5))
    monkeypatch.setattr("console.history.COUNT_PATIENCE", 1)
    asked = Filter(search=Q(RawSQL("pg_sleep(0.001) IS NOT NULL", (), BooleanField())))

    page = page_of(asked)

    assert (len(page.runs), page.count) == (PAGE, None)


def test_a_search_that_takes_too_long_is_stopped(
    as_reader: Client, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run()
    monkeypatch.setattr("console.history.PATIENCE", 1)
    slow = "SELECT pg_sleep(1)"
    monkeypatch.setattr("console.history.listed", lambda: Run.objects.extra(where=[f"({slow}) IS NOT NULL"]))

    assert "That took too long" in as_reader.get("/runs/").content.decode()


@pytest.mark.parametrize(
    "query", ["before=x", "q=state:x", "q=job:%00", "q=job:nothing", "before=%27", "after=1"]
)
def test_a_senseless_address_breaks_nothing(as_reader: Client, make_run: MakeRun, query: str) -> None:
    make_run()

    assert as_reader.get(f"/runs/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("page", "queries"), [("/", 12), ("/jobs/", 10), ("/runs/?q=by:me+job:greet", 12), ("/jobs/greet/", 12)]
)
def test_more_runs_cost_no_more_queries(
    as_reader: Client, make_run: MakeRun, django_assert_max_num_queries: Any, page: str, queries: int
) -> None:
    for job in ("greet", "import_products", "cleanup_runs") * 20:
        make_run(State.SUCCEEDED, job=job, started_by=None)

    with django_assert_max_num_queries(queries):
        as_reader.get(page)


def test_parameters_that_are_long_are_not_read_for_a_list(reader: User, make_run: MakeRun) -> None:
    make_run(parameters={"name": "x" * 100})
    make_run(parameters={"names": [f"name {number}" for number in range(5_000)]})

    long, short = page_of(parse("", reader)).runs

    assert (long.shown_parameters, short.shown_parameters) == (None, {"name": "x" * 100})  # type: ignore[attr-defined]


def test_a_page_is_not_longer_than_it_says(reader: User, make_run: MakeRun) -> None:
    Run.objects.bulk_create(Run(job="greet") for _ in range(PAGE + 1))

    assert len(page_of(Filter()).runs) == PAGE

"""Which runs are listed, and at what cost."""

from typing import Any

import pytest
from django.test import Client

from jobs.models.state import State
from tests.console.conftest import MakeRun


def test_the_pages_of_the_history_hold_every_run_once(as_reader: Client, make_run: MakeRun) -> None:
    made = {str(make_run(State.SUCCEEDED).pk) for _ in range(120)}

    seen: list[str] = []
    query = "?state=succeeded"
    while query:
        answer = as_reader.get(f"/runs/{query}")
        seen += [str(run.pk) for run in answer.context["page"].runs]
        query = answer.context["page"].older and f"?{answer.context['page'].older}"

    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize("query", ["before=x", "state=x", "job=%00", "job=nothing", "before=%27"])
def test_a_senseless_filter_breaks_nothing(as_reader: Client, make_run: MakeRun, query: str) -> None:
    make_run()

    assert as_reader.get(f"/runs/?{query}").status_code == 200


@pytest.mark.parametrize(("page", "queries"), [("/", 12), ("/jobs/", 7), ("/runs/", 5), ("/jobs/greet/", 12)])
def test_more_runs_cost_no_more_queries(
    as_reader: Client, make_run: MakeRun, django_assert_max_num_queries: Any, page: str, queries: int
) -> None:
    for job in ("greet", "import_products", "cleanup_runs") * 5:
        make_run(State.SUCCEEDED, job=job, started_by=None)

    with django_assert_max_num_queries(queries):
        as_reader.get(page)

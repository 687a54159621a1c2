"""What every address of the API does, whatever is asked."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django import DjangoDbBlocker

from console.api import urls
from jobs.services.tokens import create_token
from tests.away import no_database
from tests.console.api.conftest import with_token

pytestmark = pytest.mark.django_db


def test_no_address_answers_without_a_token() -> None:
    arguments = {
        **{"api-job-runs": ["greet"], "api-artifact": ["00000000-0000-7000-8000-000000000000", "a"]},
        **{name: ["00000000-0000-7000-8000-000000000000"] for name in ("api-run", "api-cancellation")},
        "api-nowhere": ["nowhere"],
    }

    statuses = {
        each.name: [
            getattr(Client(), method)(reverse(each.name, args=arguments.get(each.name, []))).status_code
            for method in ("get", "post", "put", "delete")
        ]
        for each in urls.urlpatterns
    }

    assert len(statuses) == 7
    assert set(map(tuple, statuses.values())) == {(401, 401, 401, 401)}


def test_another_method_is_refused_with_those_that_there_are(program: Client) -> None:
    answer = program.get("/api/jobs/greet/runs")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer.json()["error"] == "This address takes POST, not GET"


@pytest.mark.parametrize("path", ["", "runs/7", "jobs/"])
def test_an_address_that_there_is_not_is_said_in_json(path: str, program: Client) -> None:
    answer = program.get(f"/api/{path}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert "/api/openapi.json" in answer.json()["error"]


def test_no_answer_is_kept_by_anybody(program: Client) -> None:
    assert "no-store" in program.get("/api/jobs")["Cache-Control"]


def test_without_a_database_it_says_so_and_when_to_come_again(django_db_blocker: DjangoDbBlocker) -> None:
    secret = create_token(User.objects.create_user("ann"), "build")

    with no_database(django_db_blocker):
        answer = with_token(secret).get("/api/jobs")

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "database does not answer" in answer.json()["error"]


def test_a_body_that_is_too_long_is_refused(program: Client, settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100  # type: ignore[attr-defined]

    answer = program.post("/api/jobs/greet/runs", {"name": "x" * 200}, content_type="application/json")

    assert answer.status_code == 413


def test_the_addresses_stand_below_one_word() -> None:
    assert get_resolver().resolve("/api/jobs").url_name == "api-jobs"

"""What watchers are told, and what people are told while the database is away."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoDbBlocker

from console.unavailable import DatabaseUnavailable
from jobs.models import Heartbeat
from tests.away import no_broker, no_database


@pytest.fixture
def _no_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with no_database(django_db_blocker):
        yield


@pytest.fixture
def _no_broker() -> Iterator[None]:
    with no_broker():
        yield


@pytest.mark.usefixtures("_no_database")
def test_live_asks_nothing_of_the_database(client: Client) -> None:
    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db
def test_ready_when_all_are_there(client: Client) -> None:
    for kind in ("worker", "beat"):
        Heartbeat.objects.beat(kind, f"{kind}@here")

    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": "ok", "broker": "ok", "worker": "ok", "beat": "ok"},
    }


@pytest.mark.django_db
def test_ready_says_which_process_is_missing(client: Client) -> None:
    Heartbeat.objects.beat("beat", "beat@here")

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"].startswith("No worker was heard from: start one with `celery")
    assert answer.json()["checks"]["beat"] == "ok"


@pytest.mark.django_db
@pytest.mark.usefixtures("_no_broker")
def test_ready_says_that_the_broker_is_away(client: Client) -> None:
    answer = client.get("/health/ready")

    assert (
        answer.json()["checks"]["broker"]
        == "The broker does not answer: start Valkey, or correct BROKER_URL."
    )
    assert "hidden" not in answer.content.decode()
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.usefixtures("_no_database")
def test_ready_says_that_the_database_is_away(client: Client) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"].startswith("The database does not answer")
    assert str(settings.DATABASES["default"]["PASSWORD"] or "no password") not in answer.content.decode()


@pytest.mark.usefixtures("_no_database")
@pytest.mark.parametrize("page", ["/", "/runs/", "/jobs/greet/"])
def test_a_page_without_a_database_says_so(client: Client, page: str) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    answer = client.get(page)

    assert answer.status_code == 503
    assert "The database does not answer" in answer.content.decode()


@pytest.mark.usefixtures("_no_database")
def test_signing_in_without_a_database_says_so(client: Client) -> None:
    answer = client.post("/login/", {"username": "reader", "password": "pass"})

    assert answer.status_code == 503


def test_the_middleware_stands_before_the_one_that_asks_for_the_user() -> None:
    own = f"{DatabaseUnavailable.__module__}.{DatabaseUnavailable.__name__}"
    order = [each.rpartition(".")[2] for each in settings.MIDDLEWARE]

    assert own in settings.MIDDLEWARE
    assert (
        order.index("AuthenticationMiddleware")
        < order.index("DatabaseUnavailable")
        < order.index("SignInFirst")
    )

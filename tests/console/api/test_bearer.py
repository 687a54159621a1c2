"""Who calls is who the token belongs to, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from jobs.models import AuthToken
from jobs.models.auth_token import digest_of
from jobs.services.tokens import create_token
from tests.console.api.conftest import Caller, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", password="pass")


def status(secret: str) -> int:
    return with_token(secret).get("/api/jobs").status_code


def test_a_token_signs_in(ann: User) -> None:
    assert status(create_token(ann, "build")) == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YW5uOnBhc3M=", "Bearer nobody's", "Bearer \xff"]
)
def test_whoever_has_none_is_told_how_to_sign_in(header: str, ann: User) -> None:
    create_token(ann, "build")

    answer = Client(headers={"Authorization": header}).get("/api/jobs")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith('Bearer realm="nightshift"')
    assert "token" in answer.json()["error"]


def test_the_digest_that_the_database_holds_is_no_token(ann: User) -> None:
    assert status(digest_of(create_token(ann, "build"))) == 401


@pytest.mark.parametrize(("minutes", "found"), [(-1, 401), (1, 200)])
def test_a_token_counts_until_it_expires(minutes: int, found: int, ann: User) -> None:
    secret = create_token(ann, "build", expires=timedelta(minutes=minutes))

    assert status(secret) == found


def test_somebody_who_may_not_sign_in_has_no_token_either(ann: User) -> None:
    secret = create_token(ann, "build")
    User.objects.update(is_active=False)

    assert status(secret) == 401


def test_every_token_that_does_not_count_gets_the_same_answer(ann: User) -> None:
    expired = create_token(ann, "build", expires=timedelta(minutes=-1))
    bob = User.objects.create_user("bob", is_active=False)
    answers = [
        with_token(secret).get("/api/jobs").content
        for secret in (expired, create_token(bob, "build"), "nobody's")
    ]

    assert len(set(answers)) == 1


def test_a_cookie_counts_for_nothing(ann: User) -> None:
    client = Client()
    client.force_login(ann)

    assert client.get("/api/jobs").status_code == 401


def test_the_last_use_is_noted_once_a_minute(ann: User, django_assert_num_queries: Any) -> None:
    client = with_token(create_token(ann, "build"))
    client.get("/api/jobs")
    first = AuthToken.objects.get().last_used_at
    assert first is not None

    with django_assert_num_queries(1):
        client.get("/api/jobs")
    AuthToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    client.get("/api/jobs")

    assert AuthToken.objects.get().last_used_at > first


def test_a_token_is_not_taken_from_the_address(caller: Caller, ann: User) -> None:
    secret = create_token(ann, "build")

    assert Client().get(f"/api/jobs?token={secret}&access_token={secret}").status_code == 401

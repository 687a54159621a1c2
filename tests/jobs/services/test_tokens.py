"""Tokens that are made, and those that nobody signs in with any more."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from jobs.models.auth_token import AuthToken, digest_of
from jobs.services.tokens import cleanup_tokens, create_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create(username="ada")


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def make_token(user: User, name: str, *, made: float = 0, **days: float) -> None:
    """`used` and `expired` are days ago; what expires in the future did so a negative number of days ago."""
    fields = {"used": "last_used_at", "expired": "expires_at"}
    moments = {fields[key]: days_ago(value) for key, value in days.items()}
    AuthToken.objects.create(user=user, name=name, digest=name, created_at=days_ago(made), **moments)


def names() -> set[str]:
    return set(AuthToken.objects.values_list("name", flat=True))


def test_what_was_used_or_valid_in_the_last_days_stays(user: User) -> None:
    make_token(user, "used", made=400, used=29)
    make_token(user, "new", made=29)
    make_token(user, "expired just now", made=40, used=1, expired=29)
    make_token(user, "expires later", made=5, expired=-100)
    stay = names()
    make_token(user, "unused", made=400, used=31)
    make_token(user, "never used", made=31)
    make_token(user, "expired", made=40, used=1, expired=31)
    make_token(user, "unused, and expires later", made=400, used=31, expired=-100)

    report = cleanup_tokens(days=30)

    assert (report.tokens, names()) == (4, stay)


def test_a_dry_run_counts_the_same_and_deletes_nothing(user: User) -> None:
    make_token(user, "old", made=400)

    report = cleanup_tokens(days=30, dry_run=True)

    assert (report.tokens, names()) == (1, {"old"})


def test_small_batches_delete_all_the_same(user: User) -> None:
    for number in range(5):
        make_token(user, str(number), made=400)

    assert (cleanup_tokens(batch_size=2).tokens, names()) == (5, set())


def test_a_second_run_finds_nothing_left(user: User) -> None:
    make_token(user, "old", made=400)
    cleanup_tokens()

    assert cleanup_tokens().tokens == 0


def test_a_token_is_made_and_its_secret_kept_nowhere(user: User) -> None:
    secret = create_token(user, "build", expires=timedelta(days=90))

    token = AuthToken.objects.get()
    assert (token.user, token.name, token.digest) == (user, "build", digest_of(secret))
    assert token.expires_at is not None
    assert timedelta(days=89) < token.expires_at - timezone.now() <= timedelta(days=90)
    assert secret not in str(vars(token))


def test_a_token_for_no_time_is_over_at_once(user: User) -> None:
    create_token(user, "build", expires=timedelta(0))

    until = AuthToken.objects.get().expires_at
    assert until is not None
    assert until <= timezone.now()


def test_a_token_may_count_for_ever(user: User) -> None:
    create_token(user, "build")

    assert AuthToken.objects.get().expires_at is None

"""A token's secret is with its program only."""

import pytest
from django.contrib.auth.models import User

from jobs.models.auth_token import AuthToken, digest_of, new_secret


@pytest.mark.django_db
def test_a_token_is_found_by_its_secret_and_does_not_hold_it() -> None:
    secret = new_secret()
    token = AuthToken.objects.create(user=User.objects.create(username="ada"), digest=digest_of(secret))

    assert AuthToken.objects.get(digest=digest_of(secret)) == token
    assert secret not in str(vars(token))


def test_no_two_secrets_are_alike() -> None:
    assert len({new_secret() for _ in range(1_000)}) == 1_000

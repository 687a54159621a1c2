"""`manage.py create_token`."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from jobs.models.auth_token import AuthToken, digest_of
from jobs.outcome import WrongUsage

pytestmark = pytest.mark.django_db


def made(*words: str) -> str:
    """What it prints for a program to read."""
    out = StringIO()
    call_command("create_token", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_it_prints_the_secret_and_nothing_else() -> None:
    User.objects.create_user("ann")

    secret = made("ann", "nightly build", "--expires", "90d").strip()

    token = AuthToken.objects.get(digest=digest_of(secret))
    assert (str(token.user), token.name) == ("ann", "nightly build")
    assert token.expires_at is not None
    assert token.expires_at > timezone.now() + timedelta(days=89)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("bob", "build"), "bob"),
        (("ann", "x" * 81), "80 letters at most, not of 81"),
        (("ann", "build", "--expires", "soon"), "soon"),
        (("ann", "build", "--expires", "99999d"), "within 36,500 days, or never"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_made(
    words: tuple[str, ...], sentence: str
) -> None:
    User.objects.create_user("ann")

    with pytest.raises(WrongUsage, match=sentence):
        made(*words)

    assert AuthToken.objects.count() == 0

"""What is one's own."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from jobs.models import AuditLog, AuthToken
from jobs.models.auth_token import digest_of
from tests.console.conftest import signed_in

pytestmark = pytest.mark.django_db


def create(client: Client, **said: str) -> str:
    answer = client.post("/account/tokens/", {"name": "report", "days": "30", **said})
    (secret,) = re.findall(r"<code>([\w-]{40,})</code>", answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    return str(secret)


def test_a_token_is_shown_once_and_only_its_digest_is_kept(as_reader: Client, reader: User) -> None:
    secret = create(as_reader)

    token = AuthToken.objects.get()
    assert (token.user, token.name, token.digest) == (reader, "report", digest_of(secret))
    assert secret not in as_reader.get("/account/").content.decode()
    assert secret not in str(list(AuditLog.objects.values()))


@pytest.mark.parametrize(("days", "length"), [("7", 7), ("365", 365), ("", None)])
def test_a_token_expires_when_one_says(as_reader: Client, days: str, length: int | None) -> None:
    create(as_reader, days=days)

    expires = AuthToken.objects.get().expires_at
    assert (expires and round((expires - timezone.now()).total_seconds() / 86_400)) == length


@pytest.mark.parametrize("said", [{"name": ""}, {"name": "x" * 81}, {"days": "9999"}])
def test_what_cannot_be_makes_no_token(as_reader: Client, said: dict[str, str]) -> None:
    answer = as_reader.post("/account/tokens/", {"name": "report", "days": "30", **said})

    assert answer.status_code == 422
    assert not AuthToken.objects.exists()


def test_a_token_is_revoked(as_reader: Client, reader: User) -> None:
    token = AuthToken.objects.create(user=reader, name="report", digest="x")

    answer = as_reader.post(f"/account/tokens/{token.pk}/revocation/", follow=True)

    assert "report is revoked" in answer.content.decode()
    assert not AuthToken.objects.exists()
    assert AuditLog.objects.get().action == "revoked a token"


def test_nobody_sees_or_revokes_the_token_of_another(as_reader: Client, operator: User) -> None:
    token = AuthToken.objects.create(user=operator, name="not yours", digest="x")

    assert as_reader.post(f"/account/tokens/{token.pk}/revocation/").status_code == 404
    assert "not yours" not in as_reader.get("/account/").content.decode()
    assert AuthToken.objects.exists()


def test_the_page_says_what_one_may(as_reader: Client, as_operator: Client) -> None:
    assert "You may look at everything, and change nothing." in as_reader.get("/account/").content.decode()
    assert "start any job" in as_operator.get("/account/").content.decode()


def test_an_expired_token_is_marked(as_reader: Client, reader: User) -> None:
    AuthToken.objects.create(user=reader, digest="x", expires_at=timezone.now())

    assert "Expired" in as_reader.get("/account/").content.decode()


def test_the_password_is_changed_with_the_old_one_and_other_sessions_end() -> None:
    ada = User.objects.create_user("ada", password="old-password-1")
    here, elsewhere = signed_in(ada), signed_in(ada)
    new = {"new_password1": "new-password-1", "new_password2": "new-password-1"}

    wrong = here.post("/account/password/", {"old_password": "guessed", **new})
    right = here.post("/account/password/", {"old_password": "old-password-1", **new}, follow=True)

    assert "error-text" in wrong.content.decode()
    assert "The password is changed" in right.content.decode()
    assert elsewhere.get("/account/").status_code == 302
    assert AuditLog.objects.get().action == "changed their password"

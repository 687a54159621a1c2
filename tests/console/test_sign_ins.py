"""Signing in, and what becomes of those who only try."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from console.sign_ins import FAILED, MOST, WITHIN, wait_until
from jobs.models import AuditLog
from tests.console.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ada() -> User:
    return User.objects.create_user("ada", password="pass")


def attempt(client: Client, password: str = "wrong", account: str = "ada", **more: Any) -> Any:
    return client.post("/login/", {"username": account, "password": password}, **more)


def entries() -> list[tuple[str, str, str | None]]:
    return list(AuditLog.objects.order_by("id").values_list("action", "target", "user__username"))


def test_who_comes_and_goes_is_in_the_audit(client: Client) -> None:
    attempt(client)
    attempt(client, "pass")
    client.post("/logout/")

    assert entries() == [
        *[(FAILED, "person ada", None), ("signed in", "person ada", "ada")],
        ("signed out", "person ada", "ada"),
    ]
    assert set(AuditLog.objects.values_list("address", flat=True)) == {"127.0.0.1"}


def test_a_password_in_the_wrong_field_is_not_written_down(client: Client) -> None:
    attempt(client, account="my-secret-password")

    (entry,) = AuditLog.objects.all()
    assert "my-secret" not in f"{entry.target} {entry.details}"


def test_code_that_signs_somebody_in_is_nobody_at_the_door(ada: User) -> None:
    signed_in(ada)

    assert entries() == []


def test_after_many_failed_tries_one_has_to_wait(client: Client) -> None:
    for _ in range(MOST):
        attempt(client)

    answer = attempt(client, "pass")

    assert "Too many failed tries for this account from your address" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert AuditLog.objects.count() == MOST


def test_one_try_less_and_one_is_in(client: Client) -> None:
    for _ in range(MOST - 1):
        attempt(client)

    assert attempt(client, "pass").status_code == 302


def test_another_account_and_another_address_do_not_wait(client: Client) -> None:
    User.objects.create_user("bob", password="pass")
    for _ in range(MOST):
        attempt(client)

    assert attempt(Client(), "pass", REMOTE_ADDR="10.0.0.9").status_code == 302
    assert attempt(Client(), "pass", account="bob").status_code == 302


def test_an_account_that_nobody_has_waits_just_the_same(client: Client) -> None:
    for _ in range(MOST):
        attempt(client, account="nobody")

    assert "Too many failed tries" in attempt(client, account="nobody").content.decode()
    assert "Too many failed tries" not in attempt(client, account="nobody else").content.decode()


def test_it_is_waited_until_the_first_of_them_is_long_ago() -> None:
    begin = timezone.now()
    for minute in reversed(range(MOST)):
        moment = begin - timedelta(minutes=minute)
        AuditLog.objects.create(action=FAILED, target="person ada", address="10.0.0.1", created_at=moment)

    until = wait_until("ada", "10.0.0.1")

    assert until == begin - timedelta(minutes=MOST - 1) + WITHIN
    with time_machine.travel(until + timedelta(seconds=1), tick=False):
        assert wait_until("ada", "10.0.0.1") is None


def test_the_admin_has_no_door_of_its_own(client: Client) -> None:
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/login/?next=")
    assert client.post("/admin/login/", {"username": "ada", "password": "pass"}).status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_admin_has_no_page_of_its_own_for_the_password(ada: User) -> None:
    assert signed_in(ada).get("/admin/password_change/")["Location"] == "/account/password/"


def test_who_is_no_staff_is_refused_by_the_admin_and_not_sent_in_a_circle(ada: User) -> None:
    answer = signed_in(ada).get("/admin/", follow=True)

    assert answer.status_code == 403

"""People who come, forget their password, go and come back."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import AuditLog, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun, signed_in
from tests.console.people.conftest import permission, person, rights

pytestmark = pytest.mark.django_db


def test_a_new_person_gets_a_password_that_is_shown_once(office: User, client: Client) -> None:
    answer = signed_in(office).post("/people/new/", {"username": "ada", "email": "ada@example.org"})

    (password,) = re.findall(r"<code>([a-z0-9-]{14})</code>", answer.content.decode())
    assert client.post("/login/", {"username": "ada", "password": password}).status_code == 302
    assert answer["Cache-Control"] == "no-store"
    ada = User.objects.get(username="ada")
    assert (ada.email, rights(ada), ada.is_staff) == ("ada@example.org", set(), False)
    assert password not in str(list(AuditLog.objects.values()))


@pytest.mark.parametrize("name", ["office", "", "a b"])
def test_a_name_that_cannot_be_creates_nobody(office: User, name: str) -> None:
    answer = signed_in(office).post("/people/new/", {"username": name})

    assert answer.status_code == 422
    assert "error-text" in answer.content.decode()
    assert User.objects.count() == 1


def test_a_new_password_ends_the_old_one_and_the_sessions(office: User) -> None:
    ada = person("ada", password="old-one")
    at_work = signed_in(ada)

    answer = signed_in(office).post(f"/people/{ada.pk}/password/")

    (password,) = re.findall(r"<code>([a-z0-9-]{14})</code>", answer.content.decode())
    assert User.objects.get(pk=ada.pk).check_password(password)
    assert at_work.get("/jobs/").status_code == 302


def test_who_is_deactivated_is_out_at_once_and_their_runs_go_on(office: User, make_run: MakeRun) -> None:
    ada = person("ada", password="pass")
    at_work, run = signed_in(ada), make_run(started_by=ada)

    signed_in(office).post(f"/people/{ada.pk}/deactivation/")

    assert at_work.get("/jobs/").status_code == 302
    assert not Client().login(username="ada", password="pass")
    run.refresh_from_db()
    assert (run.state, run.started_by) == (State.QUEUED, ada)


def test_their_runs_are_cancelled_where_one_says_so(office: User, make_run: MakeRun) -> None:
    ada = person("ada")
    office.user_permissions.add(permission("jobs.cancel_run"))
    runs = [make_run(started_by=ada), make_run(), make_run(State.SUCCEEDED, started_by=ada)]

    signed_in(office).post(f"/people/{ada.pk}/deactivation/", {"cancel": "yes"})

    assert [Run.objects.get(pk=run.pk).state for run in runs] == ["cancelled", "queued", "succeeded"]
    assert AuditLog.objects.get().details == {"after": {"runs cancelled": 1}}


def test_nobody_cancels_runs_by_way_of_their_person_who_may_not_cancel_them(
    office: User, make_run: MakeRun
) -> None:
    ada = person("ada")
    run = make_run(started_by=ada)

    answer = signed_in(office).post(f"/people/{ada.pk}/deactivation/", {"cancel": "yes"})

    run.refresh_from_db()
    assert (answer.status_code, run.state, User.objects.get(pk=ada.pk).is_active) == (403, "queued", True)


def test_who_came_back_is_let_in_again(office: User) -> None:
    ada = person("ada", is_active=False)

    signed_in(office).post(f"/people/{ada.pk}/activation/")

    assert User.objects.get(pk=ada.pk).is_active


def test_nobody_locks_out_themselves_or_an_administrator(office: User, boss: User) -> None:
    answers = [
        signed_in(office).post(f"/people/{office.pk}/deactivation/"),
        signed_in(office).post(f"/people/{boss.pk}/deactivation/"),
        signed_in(boss).post(f"/people/{boss.pk}/deactivation/"),
        signed_in(boss).post(f"/people/{boss.pk}/administration/", {"administrator": "no"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert "boss is the last administrator" in answers[3].content.decode()
    assert User.objects.filter(is_active=True).count() == 2


def test_details_are_edited_with_what_was_before(office: User) -> None:
    ada = person("ada", email="old@example.org")

    signed_in(office).post(f"/people/{ada.pk}/details/", {"username": "ada", "email": "new@example.org"})

    details = AuditLog.objects.get().details
    assert (details["before"]["email"], details["after"]["email"]) == ("old@example.org", "new@example.org")


def test_wrong_details_change_nothing(office: User) -> None:
    ada = person("ada")

    answer = signed_in(office).post(f"/people/{ada.pk}/details/", {"username": "ada", "email": "no"})

    assert answer.status_code == 422
    assert "error-text" in answer.content.decode()
    assert User.objects.get(pk=ada.pk).email == ""

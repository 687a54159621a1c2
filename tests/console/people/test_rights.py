"""What one person may give another, and take."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from jobs.models import AuditLog
from tests.console.conftest import signed_in
from tests.console.people.conftest import person, rights

pytestmark = pytest.mark.django_db


def save(actor: User, user: User, *names: str, groups: tuple[str, ...] = ()) -> Any:
    keys = [str(Group.objects.get(name=each).pk) for each in groups]
    return signed_in(actor).post(f"/people/{user.pk}/rights/", {"right": names, "group": keys})


def test_rights_and_groups_are_given_and_taken(boss: User) -> None:
    ada = person("ada", "jobs.run_greet", groups=("Planners",))

    save(boss, ada, "jobs.run_nightly", "jobs.approve_run", groups=("Operators",))

    groups = Group.objects.filter(user=ada).values_list("name", flat=True)
    own = User.objects.get(pk=ada.pk).get_user_permissions()
    assert (own, list(groups)) == ({"jobs.run_nightly", "jobs.approve_run"}, ["Operators"])
    entry = AuditLog.objects.get()
    assert (entry.action, entry.target) == ("changed the rights of", "person ada")
    assert entry.details == {
        "before": {"groups": ["Planners"], "rights": ["jobs.run_greet"]},
        "after": {"groups": ["Operators"], "rights": ["jobs.approve_run", "jobs.run_nightly"]},
    }


def test_rights_that_are_not_on_the_page_stay(boss: User) -> None:
    ada = person("ada", "jobs.change_product")

    save(boss, ada, "jobs.run_greet")

    assert rights(ada) == {"jobs.change_product", "jobs.run_greet"}


@pytest.mark.parametrize("name", ["jobs.change_product", "auth.delete_user", "nothing.at_all", "x"])
def test_what_is_not_on_the_page_cannot_be_given_by_it(boss: User, name: str) -> None:
    ada = person("ada")

    save(boss, ada, name)

    assert rights(ada) == set()


def test_what_one_has_one_may_give(office: User) -> None:
    ada = person("ada")

    save(office, ada, "jobs.add_run", "auth.change_user")

    assert rights(ada) == {"jobs.add_run", "auth.change_user"}


def test_nobody_gives_what_they_do_not_have(office: User) -> None:
    ada = person("ada", "jobs.run_greet")

    answers = [
        save(office, ada, "jobs.run_greet", "jobs.approve_run"),
        save(office, ada, "jobs.run_greet", groups=("Operators",)),
        save(office, office, "auth.change_user", "jobs.delete_run"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "You cannot give what you do not have yourself: approve what others" in answers[0].content.decode()
    assert "the group Operators" in answers[1].content.decode()
    assert rights(ada) == {"jobs.run_greet"}
    assert not AuditLog.objects.exists()


@pytest.mark.parametrize("action", ["rights", "password", "activation", "details"])
def test_nobody_takes_over_who_may_do_more(office: User, boss: User, action: str) -> None:
    higher = person("higher", "jobs.approve_run", is_active=False)
    client = signed_in(office)

    answers = [client.post(f"/people/{each.pk}/{action}/", {"username": "x"}) for each in (higher, boss)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "may do more than you" in answers[0].content.decode()
    assert not AuditLog.objects.exists()


def test_an_administrator_makes_another_and_is_none_any_more(boss: User, office: User) -> None:
    made = signed_in(boss).post(f"/people/{office.pk}/administration/", {"administrator": "yes"})
    left = signed_in(boss).post(f"/people/{boss.pk}/administration/", {"administrator": "no"})

    assert (made.status_code, left.status_code) == (302, 302)
    assert list(User.objects.filter(is_superuser=True, is_staff=True)) == [User.objects.get(pk=office.pk)]


def test_nobody_else_makes_an_administrator(office: User) -> None:
    answer = signed_in(office).post(f"/people/{office.pk}/administration/", {"administrator": "yes"})

    assert answer.status_code == 403
    assert not User.objects.get(pk=office.pk).is_superuser


def test_the_admin_manages_no_people_and_groups_for_administrators_only(boss: User) -> None:
    staff = person("staff", "auth.change_user", "auth.change_group", "auth.add_group", is_staff=True)
    group = Group.objects.get(name="Planners")

    assert signed_in(boss).get("/admin/auth/user/").status_code == 404
    assert signed_in(staff).get(f"/admin/auth/group/{group.pk}/change/").status_code == 403
    signed_in(boss).post(f"/admin/auth/group/{group.pk}/change/", {"name": "Planners"})
    entry = AuditLog.objects.get()
    assert (entry.action, entry.target) == ("changed group", "Planners")
    assert entry.details == {"before": ["jobs.edit_schedules", "jobs.pause_queues"], "after": []}

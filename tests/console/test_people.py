"""Who may sign in, what each may do, and what one may change of another."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from jobs.models import AuditLog, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun, signed_in

pytestmark = pytest.mark.django_db


def person(name: str, *rights: str, groups: tuple[str, ...] = (), **facts: Any) -> User:
    user = User.objects.create_user(name, **facts)
    user.user_permissions.set([permission(each) for each in rights])
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def permission(name: str) -> Permission:
    app, _, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def office() -> User:
    """Manages people, and may start jobs."""
    return person("office", "auth.change_user", "jobs.add_run", "jobs.run_greet")


def rights(user: User) -> set[str]:
    return set(User.objects.get(pk=user.pk).get_all_permissions())


def body(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def save(actor: User, user: User, *names: str, groups: tuple[str, ...] = ()) -> Any:
    keys = [str(Group.objects.get(name=each).pk) for each in groups]
    return signed_in(actor).post(f"/people/{user.pk}/rights/", {"right": names, "group": keys})


@pytest.mark.parametrize("address", ["/people/", "/people/1/"])
def test_only_who_manages_people_sees_them(as_operator: Client, address: str) -> None:
    assert as_operator.get(address).status_code == 403
    assert "/people/" not in body(as_operator, "/jobs/")


def test_the_list_says_what_each_may_do(office: User) -> None:
    person("ada", "jobs.run_greet", "jobs.run_nightly", groups=("Planners",), first_name="Ada")
    person("bob")
    User.objects.create_superuser("root")

    page = body(signed_in(office), "/people/")

    assert "start greet, nightly, edit schedules, pause and resume queues" in page or (
        "start nightly, greet, edit schedules" in page
    )
    assert "only look" in page
    assert "everything" in page
    assert "Planners" in page


def test_many_people_cost_no_more_queries_than_few(office: User, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        person(f"person{number:02}", "jobs.run_greet", groups=("Operators", "Planners"))

    client = signed_in(office)
    with django_assert_max_num_queries(12):
        page = body(client, "/people/")

    assert "after=person" in page
    assert page.count('data-label="Person"') == 50


def test_people_are_found_by_the_beginning_of_their_name(office: User) -> None:
    person("ada")

    assert "ada</a>" in body(signed_in(office), "/people/?name=ad")
    assert "ada</a>" not in body(signed_in(office), "/people/?name=b")
    assert "begins like that" in body(signed_in(office), "/people/?name=zz")


def test_the_page_of_a_person_costs_few_queries(boss: User, django_assert_max_num_queries: Any) -> None:
    ada = person("ada", "jobs.run_greet", groups=("Operators",))
    client = signed_in(boss)

    with django_assert_max_num_queries(12):
        page = body(client, f"/people/{ada.pk}/")

    assert 'value="jobs.run_greet" aria-label="Start greet" checked' in page
    assert "Comes with Operators" in page


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


def test_their_page_has_no_form_that_would_be_refused(office: User, boss: User) -> None:
    page = body(signed_in(office), f"/people/{boss.pk}/")

    assert "may do more than you" in page
    assert "Save the rights" not in page
    assert "/password/" not in page


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
    runs = [make_run(started_by=ada), make_run(), make_run(State.SUCCEEDED, started_by=ada)]

    signed_in(office).post(f"/people/{ada.pk}/deactivation/", {"cancel": "yes"})

    assert [Run.objects.get(pk=run.pk).state for run in runs] == ["cancelled", "queued", "succeeded"]
    assert AuditLog.objects.get().details == {"after": {"runs cancelled": 1}}


def test_the_page_says_how_many_runs_of_theirs_are_not_over(office: User, make_run: MakeRun) -> None:
    ada = person("ada")
    make_run(started_by=ada)

    assert "Cancel their 1 run that has not ended" in body(signed_in(office), f"/people/{ada.pk}/")


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


def test_an_administrator_makes_another_and_is_none_any_more(boss: User, office: User) -> None:
    made = signed_in(boss).post(f"/people/{office.pk}/administration/", {"administrator": "yes"})
    left = signed_in(boss).post(f"/people/{boss.pk}/administration/", {"administrator": "no"})

    assert (made.status_code, left.status_code) == (302, 302)
    assert list(User.objects.filter(is_superuser=True, is_staff=True)) == [User.objects.get(pk=office.pk)]


def test_nobody_else_makes_an_administrator(office: User) -> None:
    answer = signed_in(office).post(f"/people/{office.pk}/administration/", {"administrator": "yes"})

    assert answer.status_code == 403
    assert not User.objects.get(pk=office.pk).is_superuser


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


def test_the_admin_manages_no_people_and_groups_for_administrators_only(boss: User) -> None:
    staff = person("staff", "auth.change_user", "auth.change_group", "auth.add_group", is_staff=True)
    group = Group.objects.get(name="Planners")

    assert signed_in(boss).get("/admin/auth/user/").status_code == 404
    assert signed_in(staff).get(f"/admin/auth/group/{group.pk}/change/").status_code == 403
    signed_in(boss).post(f"/admin/auth/group/{group.pk}/change/", {"name": "Planners"})
    entry = AuditLog.objects.get()
    assert (entry.action, entry.target) == ("changed group", "Planners")

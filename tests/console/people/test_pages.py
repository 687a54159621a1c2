"""Who sees people, and what is said of each."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.console.conftest import MakeRun, signed_in
from tests.console.people.conftest import body, permission, person

pytestmark = pytest.mark.django_db


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


def test_their_page_has_no_form_that_would_be_refused(office: User, boss: User) -> None:
    page = body(signed_in(office), f"/people/{boss.pk}/")

    assert "may do more than you" in page
    assert "Save the rights" not in page
    assert "/password/" not in page


def test_who_may_cancel_runs_is_told_how_many_of_theirs_are_not_over(office: User, make_run: MakeRun) -> None:
    ada = person("ada")
    make_run(started_by=ada)

    offers = []
    for _ in range(2):
        page = body(signed_in(User.objects.get(pk=office.pk)), f"/people/{ada.pk}/")
        offers.append("Cancel their 1 run that has not ended" in page)
        office.user_permissions.add(permission("jobs.cancel_run"))

    assert offers == [False, True]

"""Permissions and groups, as rows."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from jobs import catalog, rights
from tests.jobs.people import declare, make_private, migrated, person

pytestmark = pytest.mark.django_db


def codenames() -> set[str]:
    return set(Permission.objects.filter(content_type__app_label="jobs").values_list("codename", flat=True))


def test_each_job_has_its_permission_and_no_other_job_has() -> None:
    of_jobs = {each for each in codenames() if each.startswith("run_")}

    assert of_jobs == {f"run_{name}" for name in catalog.JOBS}


def test_a_private_job_has_one_to_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = codenames()

    make_private(monkeypatch, "greet")

    assert codenames() - before == {"view_greet"}
    assert "view_run" in codenames()


def test_a_job_that_goes_takes_its_permission_and_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("run_greet", "run_nightly")

    monkeypatch.delitem(catalog.JOBS, "greet")
    migrated()

    assert list(user.user_permissions.values_list("codename", flat=True)) == ["run_nightly"]


def test_a_job_that_everybody_may_see_again_takes_the_permission_to_see_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = make_private(monkeypatch, "greet")

    declare(monkeypatch, replace(job, private=False))

    assert "view_greet" not in codenames()


def test_the_groups_are_there_with_what_they_may() -> None:
    found = {group.name: {each.codename for each in group.permissions.all()} for group in Group.objects.all()}

    assert found == {name: set(each) for name, each in rights.GROUPS.items()}


def test_what_people_make_of_the_groups_stays() -> None:
    Group.objects.get(name="Planners").delete()
    Group.objects.get(name="Operators").permissions.clear()

    call_command("migrate", verbosity=0)

    assert not Group.objects.filter(name="Planners").exists()
    assert not Group.objects.get(name="Operators").permissions.exists()


def test_a_database_that_was_emptied_gets_them_again() -> None:
    Group.objects.all().delete()
    Permission.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert set(Group.objects.values_list("name", flat=True)) == set(rights.GROUPS)
    assert Group.objects.get(name="Operators").permissions.count() == len(rights.GROUPS["Operators"])

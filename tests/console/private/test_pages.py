"""A private job is nowhere, for who may not see it."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django_celery_beat.models import PeriodicTask

from console.run_filter import parse
from console.run_suggestions import suggestions
from jobs.models import AuditLog, Run
from jobs.models.state import State
from jobs.services.tokens import create_token
from tests.console.conftest import signed_in
from tests.console.makings import a_schedule
from tests.console.private.conftest import JOB, body, text_of, words
from tests.jobs.people import make_private, person


def addresses(run: Run) -> list[str]:
    return [
        *(f"/jobs/{JOB}/", f"/runs/{run.pk}/"),
        *(f"/runs/{run.pk}/attempts/1/log", f"/runs/{run.pk}/artifacts/rows.csv"),
    ]


def lists() -> list[str]:
    """Each of them is to be there for whoever asks."""
    hidden, parent = Run.objects.get(job=JOB, state=State.SUCCEEDED), Run.objects.get(job="nightly")
    child = Run.objects.get(job="greet")
    schedule = PeriodicTask.objects.get(name="nightly count")
    return [
        *("/", "/?days=90", "/jobs/", "/jobs/?search=rows", "/queues/", "/schedules/", "/schedules/new/"),
        *("/runs/", f"/runs/?job={JOB}", f"/runs/?q=job:{JOB}", "/runs/?q=state:failed", "/runs/export.csv"),
        *("/runs/?q=is:unseen", f"/runs/?q=parent:{parent.pk}", "/runs/?q=error:table"),
        *(f"/runs/{parent.pk}/", f"/runs/{child.pk}/", f"/runs/{parent.pk}/?compare={str(hidden.pk)[:8]}"),
        *(f"/runs/{parent.pk}/?compare={hidden.pk}", "/runs/?q=job:count_row", "/runs/?q=job:"),
        *("/account/", "/people/", f"/people/{User.objects.get(username='reader').pk}/"),
        *("/audit/", "/audit/export", f"/schedules/times/?when-of={schedule.pk}"),
        *("/api/jobs", "/api/openapi.json", f"/api/runs/{child.pk}", f"/api/runs/{parent.pk}"),
    ]


def test_who_may_see_it_sees_all_of_it(hidden: Run) -> None:
    client = signed_in(User.objects.create_superuser("boss"))

    answers = [client.get(each) for each in addresses(hidden)]
    assert b"".join(answers[-1].streaming_content) == b"x"

    assert {each.status_code for each in answers} == {200}
    assert str(hidden.pk) in body(client, "/runs/")
    assert str(hidden.pk) in body(client, "/audit/export")


def test_no_address_of_it_answers(as_operator: Client, hidden: Run) -> None:
    assert {each: as_operator.get(each).status_code for each in addresses(hidden)} == dict.fromkeys(
        addresses(hidden), 404
    )


@pytest.mark.parametrize("kind", ["runs", "jobs"])
def test_its_page_is_that_of_what_is_not_there(as_operator: Client, hidden: Run, kind: str) -> None:
    private, unknown = (hidden.pk, uuid.uuid4()) if kind == "runs" else (JOB, "count_cows")

    pages = [body(as_operator, f"/{kind}/{each}/").replace(str(each), "") for each in (private, unknown)]

    assert without_tokens(pages[0]) == without_tokens(pages[1])


def test_no_list_names_it_or_a_run_of_it(operator: User, busy: list[Run]) -> None:
    operator.user_permissions.add(Permission.objects.get(codename="change_user"))
    keeper, group = person(f"view_{JOB}"), Group.objects.create(name="Counters")
    group.permissions.add(Permission.objects.get(codename=f"run_{JOB}"))
    boss = signed_in(User.objects.create_superuser("boss"))
    boss.post(f"/people/{keeper.pk}/rights/", {"right": [f"jobs.run_{JOB}"], "group": [group.pk]})
    boss.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Counters"})
    assert AuditLog.objects.filter(job=JOB, user__username="boss").count() == 2
    client = Client(headers={"Authorization": f"Bearer {create_token(operator, 'program')}"})
    client.force_login(operator)

    # The field repeats what was asked for in the address.
    found = {
        each: [word for word in words(busy) if word in body(client, each) and word not in each]
        for each in lists()
    }

    assert {each: named for each, named in found.items() if named} == {}


@pytest.mark.parametrize("is_there", [True, False], ids=["in the database", "only in the catalog"])
def test_its_own_schedule_is_not_told_of(
    as_operator: Client, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    make_private(monkeypatch, "cleanup_runs")
    a_schedule("cleanup_runs", "cleanup_runs" if is_there else "nightly")

    assert "cleanup_runs" not in body(as_operator, "/schedules/")


@pytest.mark.parametrize("word", ["job:{}", "{}"])
def test_a_filter_says_of_it_what_it_says_of_what_is_not_there(reader: User, hidden: Run, word: str) -> None:
    private, unknown = parse(word.format(JOB), reader), parse(word.format("shear_cows"), reader)

    assert [each.replace("shear_cows", JOB) for each in unknown.problems] == list(private.problems)


def test_the_field_of_the_list_offers_nothing_of_it(reader: User, hidden: Run) -> None:
    boss = User.objects.create_superuser("boss")
    own = [
        {each for each in suggestions(parse(f"job:{JOB}", person), person)[:2] if each.endswith(":")}
        for person in (boss, reader)
    ]

    assert "app_labels:" in own[0]
    assert "app_labels:" not in own[1]


def test_ticked_it_is_not_exported(as_operator: Client, busy: list[Run]) -> None:
    answer: Any = as_operator.post("/runs/export.csv", {"run": [run.pk for run in busy]})

    assert [word for word in words(busy) if word in text_of(answer)] == []


def test_staff_do_not_see_it_in_the_admin(reader: User, hidden: Run) -> None:
    reader.is_staff = True
    reader.save()
    reader.user_permissions.set(
        Permission.objects.filter(codename__in=["view_run", "view_attempt", "view_artifact", "view_auditlog"])
    )
    client = signed_in(reader)

    pages = [body(client, f"/admin/jobs/{each}/") for each in ("run", "attempt", "artifact", "auditlog")]

    assert not [page for page in pages if str(hidden.pk) in page]
    assert str(hidden.parent_id) in pages[0]


def without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)

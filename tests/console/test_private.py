"""A private job is nowhere, for who may not see it."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from jobs import audit
from jobs.models import Run
from jobs.models.artifact import directory_of
from jobs.models.state import State
from tests.console.conftest import MakeRun, signed_in
from tests.jobs.people import make_private

JOB = "count_rows"


@pytest.fixture
def hidden(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, reader: User) -> Run:
    """A run of it, with whatever a run can leave behind."""
    make_private(monkeypatch, JOB)
    parent = make_run(State.SUCCEEDED, job="nightly")
    run = make_run(State.SUCCEEDED, job=JOB, parent=parent, result={"rows": 1})
    run.artifacts.create(name="rows.csv", size=1)
    directory_of(run.pk).mkdir(parents=True)
    (directory_of(run.pk) / "rows.csv").write_text("x")
    audit.write("asked to pause", run.pk, job=JOB)
    return run


def addresses(run: Run) -> list[str]:
    return [
        *(f"/jobs/{JOB}/", f"/runs/{run.pk}/"),
        *(f"/runs/{run.pk}/attempts/1/log", f"/runs/{run.pk}/artifacts/rows.csv"),
    ]


def lists(run: Run) -> list[str]:
    return [
        "/",
        "/jobs/",
        "/runs/",
        f"/runs/{run.parent_id}/",
        "/audit/",
        "/audit/export",
    ]


def body(client: Client, address: str) -> str:
    answer: Any = client.get(address, follow=True)
    return str(answer.getvalue().decode())


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


def test_no_list_names_it_or_a_run_of_it(as_operator: Client, hidden: Run) -> None:
    found = {
        each: word
        for each in lists(hidden)
        for word in (JOB, "Count rows", str(hidden.pk))
        # The filter repeats what was asked for in the address.
        if word in body(as_operator, each) and not (word == JOB and JOB in each)
    }

    assert found == {}


@pytest.mark.parametrize("action", ["pause", "resumption", "cancellation", "kill", "retries", "real-run"])
def test_nothing_is_done_to_it(as_operator: Client, hidden: Run, action: str) -> None:
    assert as_operator.post(f"/runs/{hidden.pk}/{action}/").status_code == 404


def test_nobody_starts_it(as_operator: Client, hidden: Run) -> None:
    assert as_operator.post(f"/jobs/{JOB}/runs/").status_code == 403
    assert Run.objects.filter(job=JOB).count() == 1


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

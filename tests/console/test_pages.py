"""Every page, for those who read and those who operate."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.run_log import SHOWN
from jobs.models import Run
from jobs.models.attempt import Attempt
from jobs.models.state import State, Wish
from tests.console.conftest import MakeRun

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.fixture
def pages(make_run: MakeRun) -> list[str]:
    """One address of each page, with runs in every state."""
    runs = [make_run(state) for state in State]
    now = timezone.now()
    runs += [make_run(State.RUNNING, wish=wish, wished_at=now) for wish in Wish.values]
    runs.append(make_run(State.QUEUED, attempt=1, failures=1))
    runs.append(
        make_run(State.SUCCEEDED, job="import_products", parameters={"dry_run": True}, result={"a": [1]})
    )
    runs.append(make_run(State.FAILED, job="gone", error="It broke"))
    addresses = [reverse(name, args=[run.pk]) for run in runs for name in ("run",)]
    jobs = [reverse("job", args=[name]) for name in ("greet", "import_products", "cleanup_runs")]
    return [
        reverse("overview"),
        reverse("jobs"),
        reverse("runs"),
        "/runs/?state=failed&job=greet",
        *jobs,
        *addresses,
    ]


@pytest.mark.parametrize("person", ["as_reader", "as_operator"])
def test_every_page_answers(request: pytest.FixtureRequest, person: str, pages: list[str]) -> None:
    client: Client = request.getfixturevalue(person)

    answers = {page: client.get(page, follow=True).status_code for page in pages}
    assert {page: status for page, status in answers.items() if status != 200} == {}


def test_no_page_answers_a_stranger(client: Client, pages: list[str]) -> None:
    assert all(client.get(page)["Location"].startswith("/login/?next=") for page in pages)


def test_no_page_has_an_inline_script_or_style(as_operator: Client, pages: list[str]) -> None:
    bodies = {page: as_operator.get(page).content.decode() for page in [*pages, "/nowhere/"]}

    assert {page: INLINE.findall(body) for page, body in bodies.items() if INLINE.search(body)} == {}


def test_every_page_has_a_strict_policy(as_operator: Client, pages: list[str]) -> None:
    policies = {as_operator.get(page)["Content-Security-Policy"] for page in [*pages, "/nowhere/"]}

    assert all("default-src 'self'" in policy and "unsafe" not in policy for policy in policies)


@pytest.mark.parametrize(
    ("state", "watches"), [(State.RUNNING, True), (State.PAUSED, True), (State.FAILED, False)]
)
def test_the_page_of_a_run_watches_it_until_it_is_over(
    as_reader: Client, make_run: MakeRun, state: State, watches: bool
) -> None:
    run = make_run(state)

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert (f'data-topics="run:{run.pk}"' in body) is watches


def test_the_log_shown_is_its_end(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.SUCCEEDED)
    Attempt.objects.filter(run=run).update(log="first line\n" + "x" * SHOWN + "\nlast line")

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert "last line" in body
    assert "first line" not in body
    assert "first line" in as_reader.get(f"/runs/{run.pk}/attempts/1/log").content.decode()


def test_more_attempts_and_files_cost_no_more_queries(
    as_reader: Client, make_run: MakeRun, django_assert_max_num_queries: Any
) -> None:
    run = make_run(State.FAILED, attempt=5)
    for number in range(5):
        run.artifacts.create(name=f"{number}.csv", size=1)
        Run.objects.create(job="greet", parent=run)

    with django_assert_max_num_queries(9):
        as_reader.get(f"/runs/{run.pk}/")


def test_signing_in_leads_to_the_jobs(client: Client, reader: Any) -> None:
    answer = client.post("/login/", {"username": "reader", "password": "pass"})

    assert answer["Location"] == "/"


def test_signing_out_is_a_post(as_reader: Client) -> None:
    assert as_reader.get("/logout/").status_code == 405
    assert as_reader.post("/logout/")["Location"] == "/login/"


def test_an_empty_console_teaches_the_first_step(as_operator: Client) -> None:
    assert "python manage.py greet World" in as_operator.get("/jobs/").content.decode()
    assert "python manage.py greet World" in as_operator.get("/runs/").content.decode()


def test_an_unknown_address_is_not_found_in_words(as_operator: Client) -> None:
    answer = as_operator.get("/jobs/nothing/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_name_that_the_service_does_not_know_is_told_what_to_do(as_operator: Client) -> None:
    answer = as_operator.get("/", headers={"Host": "elsewhere.example.org"})

    assert (answer.status_code, "ALLOWED_HOSTS" in answer.content.decode()) == (400, True)

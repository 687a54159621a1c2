"""A form that is sent twice."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve
from django_celery_beat.models import PeriodicTask

from jobs.models import AuditLog, Run, SentForm
from jobs.models.state import State
from tests.console.conftest import MakeRun, page, signed_in
from tests.jobs.claimed import at_once

START = {"name": "World", "times": "1", "form-token": "a"}


def start(client: Client, **changes: str) -> Any:
    return client.post("/jobs/greet/runs/", {**START, **changes})


@pytest.mark.django_db
def test_the_second_leads_to_what_the_first_has_started(as_operator: Client) -> None:
    first, second = start(as_operator), start(as_operator)

    assert second.url == first.url == f"/runs/{Run.objects.get().pk}/"
    assert AuditLog.objects.count() == 1
    assert "This form was sent before" in page(as_operator, second.url)


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"form-token": "b"}, {"name": "Ada"}], ids=["loaded anew", "edited"])
def test_another_form_starts_another_run(as_operator: Client, changes: dict[str, str]) -> None:
    start(as_operator)
    start(as_operator, **changes)

    assert Run.objects.count() == 2


@pytest.mark.django_db
def test_what_was_refused_is_sent_again(as_operator: Client) -> None:
    assert [start(as_operator, times="0").status_code for _ in range(2)] == [422, 422]
    assert not SentForm.objects.exists()


@pytest.mark.django_db
def test_a_form_of_one_s_own_needs_no_token(as_operator: Client) -> None:
    for _ in range(2):
        start(as_operator, **{"form-token": ""})

    assert Run.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_waits_and_is_led_to_the_run_of_the_other(operator: User) -> None:
    answers = at_once(lambda: start(signed_in(operator)).url, times=4)

    assert set(answers) == {f"/runs/{Run.objects.get().pk}/"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        lambda run, schedule: (f"/runs/{run.pk}/retries/", {}),
        lambda run, schedule: ("/runs/retries/", {"run": [str(run.pk)]}),
        lambda run, schedule: (f"/schedules/{schedule.pk}/runs/", {}),
    ],
    ids=["run again", "run many again", "run a schedule"],
)
def test_nothing_is_run_again_twice(
    as_operator: Client,
    make_run: MakeRun,
    schedule: PeriodicTask,
    address: Callable[[Run, PeriodicTask], tuple[str, dict[str, Any]]],
) -> None:
    path, sent = address(make_run(State.FAILED, parameters={"name": "World", "times": 1}), schedule)

    for _ in range(2):
        assert as_operator.post(path, {**sent, "form-token": "a"}).status_code == 302

    assert Run.objects.count() == 2


@pytest.mark.django_db
def test_every_form_that_starts_something_has_a_token_of_its_own(
    as_operator: Client, make_run: MakeRun, schedule: PeriodicTask
) -> None:
    run = make_run(State.SUCCEEDED, parameters={"name": "World", "times": 1})
    paths = ("/jobs/greet/", f"/runs/{run.pk}/", "/runs/", f"/schedules/{schedule.pk}/")
    forms = [form for path in paths for form in re.findall(r"<form.*?</form>", page(as_operator, path), re.S)]
    starting = [form for form in forms if starts(form)]
    tokens = [re.findall(r'name="form-token" value="([^"]{36})"', form) for form in starting]

    assert len(starting) >= len(paths)
    assert all(len(each) == 1 for each in tokens)
    assert len({token for (token,) in tokens}) == len(starting)


def starts(form: str) -> bool:
    addresses = re.findall(r'action="(/[^"]*)"', form)
    return any(hasattr(resolve(address).func, "is_once") for address in addresses)

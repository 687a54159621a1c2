"""What no database stores and no clock shows ends in a sentence, at whatever door it comes in."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from pydantic import SecretStr

from console.argument_form import ArgumentForm
from jobs.catalog import JOBS
from jobs.command import JobCommand
from jobs.job import Job
from jobs.models import Run
from jobs.models.slot import Outcome, Slot
from jobs.services.tokens import create_token
from tasks.ledger import keep
from tasks.missed import Verdict
from tests.console.every_kind import JOB
from tests.console.makings import a_schedule

UNFIT = [
    ("keep", "999999999999d"),
    ("keep", "9" * 400 + "w"),
    ("keep", "P999999999D"),
    ("at", "0001-01-01T00:00+05:00"),
    ("at", "9999-12-31T23:59-05:00"),
    ("day", "0001-01-01"),
    ("text", "a\x00b"),
    ("text", "a\ud800b"),
    ("key", "a\ud800b"),
    ("owner", "a\x00b"),
    ("owner", "a\ud800b"),
    ("owner", "9" * 400),
    ("words", ["a\ud800b"]),
    ("words", ["a\x00b"]),
    ("path", "~nobody.at.all/a.csv"),
    ("path", "a\ud800b"),
]


def say(
    text: str, key: SecretStr, owner: User, path: Path, *, keep: timedelta, words: list[str] | None = None
) -> None:
    """What a command takes of all that; it has an --at of its own."""


class Say(JobCommand):
    job = Job(function=say)
    requires_migrations_checks = False


@pytest.fixture(autouse=True)
def _job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JOBS, JOB.name, JOB)


@pytest.fixture
def fit(operator: User) -> dict[str, Any]:
    return {"path": "/tmp/a.csv", "text": "a", "key": "hush", "owner": operator.pk}


def is_typed(case: tuple[str, Any]) -> bool:
    """Whether a browser can send it: of half a sign it makes another one, and a path it cannot name."""
    name, value = case
    return name != "path" and "\ud800" not in "".join(value)


TYPED = list(filter(is_typed, UNFIT))


@pytest.mark.parametrize(("name", "value"), TYPED)
def test_a_form_says_what_is_wrong_beside_its_field(
    as_operator: Client, fit: dict[str, Any], name: str, value: Any
) -> None:
    body = fit | {"path": SimpleUploadedFile("a.csv", b"sku"), "dry_run": "true", name: value}

    answer = as_operator.post("/jobs/everything/runs/", body)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {name, "key"}  # a secret is asked for again
    assert not Run.objects.exists()


@pytest.mark.parametrize(("name", "value"), TYPED)
def test_an_address_fills_it_in_and_says_it_beside_its_field(
    as_operator: Client, name: str, value: Any
) -> None:
    answer = as_operator.get("/jobs/everything/", {name: value})

    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {name}


@pytest.mark.parametrize(("name", "value"), TYPED)
def test_the_copies_leave_it_out(as_operator: Client, name: str, value: Any) -> None:
    answer = as_operator.post("/jobs/everything/copy/", {name: value})

    assert answer.status_code == 200
    assert "'<path>'" in answer.json()["command"]


@pytest.mark.parametrize(
    ("name", "value"),
    [*UNFIT, ("owner", 1e999), ("owner", []), ("keep", 1e999), ("at", 1e300), ("key", {"$secret": 5})],
)
def test_the_api_answers_with_a_sentence(operator: User, fit: dict[str, Any], name: str, value: Any) -> None:
    client = Client(headers={"Authorization": f"Bearer {create_token(operator, 'program')}"})
    body = json.dumps({**fit, "path": "", name: value}).replace("Infinity", "1e999")

    answer = client.post("/api/jobs/everything/runs", body, content_type="application/json")

    assert answer.status_code in (400, 422)
    assert answer.json()["error"]


@pytest.mark.parametrize(("name", "value"), [case for case in UNFIT if case[0] not in ("at", "day")])
def test_a_command_says_it_and_starts_nothing(fit: dict[str, Any], name: str, value: Any) -> None:
    said = {**fit, "keep": "2h", name: value}
    by_position = [str(said.pop(each)) for each in ("text", "key", "owner", "path")]

    with pytest.raises(CommandError, match=rf"'{name}' of say"):
        call_command(Say(), *by_position, **said, background=True)

    assert not Run.objects.exists()


@pytest.mark.parametrize(("name", "value"), UNFIT)
def test_a_slot_of_a_schedule_is_refused_with_it(fit: dict[str, Any], name: str, value: Any) -> None:
    schedule = a_schedule("everything", **{**fit, name: value})

    keep(schedule, Verdict(timezone.now(), Outcome.RAN, ""))

    slot = Slot.objects.get()
    assert (slot.outcome, slot.run) == (Outcome.REFUSED, None)
    assert f"'{name}' of everything" in slot.reason


@pytest.mark.parametrize(("name", "value"), UNFIT)
def test_the_form_of_a_schedule_that_names_it_can_be_opened(
    fit: dict[str, Any], name: str, value: Any
) -> None:
    assert ArgumentForm(JOB, {**fit, name: value}).as_div()


@pytest.mark.parametrize(("name", "value"), TYPED)
def test_the_form_of_a_schedule_takes_none_of_it(fit: dict[str, Any], name: str, value: Any) -> None:
    typed = {each: fit[each] for each in ("text", "owner")} | {name: value}
    form = ArgumentForm(JOB, fit, QueryDict(urlencode(typed, doseq=True)))

    assert form.chosen() is None
    assert form.errors.keys() == {name}


@pytest.mark.parametrize("at", ["0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00", "9999-12-31T23:59"])
def test_nothing_begins_at_the_end_of_time(as_operator: Client, operator: User, at: str) -> None:
    operator.user_permissions.add(Permission.objects.get(codename="add_run"))
    client = Client(headers={"Authorization": f"Bearer {create_token(operator, 'program')}"})
    said = {"name": "x", "times": "1", "start-later": "true", "start-at": at}

    by_form = as_operator.post("/jobs/greet/runs/", said)
    by_program = client.post(
        f"/api/jobs/greet/runs?{urlencode({'at': at})}", {"name": "x"}, content_type="application/json"
    )

    assert (by_form.status_code, by_program.status_code) == (422, 422)
    with pytest.raises(CommandError, match="is no time"):
        call_command("greet", "x", at=at)
    assert not Run.objects.exists()

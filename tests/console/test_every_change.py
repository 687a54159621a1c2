"""What is true of every address at which something can be changed, found in the table of addresses itself."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from console import urls
from console.permissions import OWN
from jobs.models import AuditLog, AuthToken
from jobs.models.state import Awaits, State
from tests.console.conftest import MakeRun, signed_in

# What one does to oneself, or to the browser: the sign-ins have a record of their own.
OF_NOBODY = {"login", "logout", "theme", "account-password"}
MADE_UP: dict[str, Any] = {
    "uuid": uuid.UUID(int=7),
    "str": "nothing",
    "int": 999_999,
    "slug": "nothing",
    "path": "a/b",
}


def patterns(found: list[Any]) -> list[URLPattern]:
    """Without those of the API, which has tokens and tests of its own."""
    flat = []
    for each in found:
        if isinstance(each, URLResolver):
            flat += [] if str(each.pattern) == "api/" else patterns(each.url_patterns)
        else:
            flat.append(each)
    return flat


ALL = patterns(urls.urlpatterns)
CHANGES = [each for each in ALL if getattr(each.callback, "permission", None) is not None]


def address_of(pattern: URLPattern, **known: Any) -> str:
    route = str(pattern.pattern)
    for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route):
        value = known.get(name, MADE_UP[kind or "str"])
        route = re.sub(rf"<(?:\w+:)?{name}>", str(value), route)
    return f"/{route}"


@pytest.fixture
def in_readers_shoes(as_reader: Client) -> Client:
    as_reader.raise_request_exception = False
    return as_reader


@pytest.mark.parametrize("pattern", ALL, ids=lambda each: str(each.name))
def test_what_takes_a_post_says_whose_permission_it_takes(as_operator: Client, pattern: URLPattern) -> None:
    if pattern.name in OF_NOBODY or pattern in CHANGES:
        return

    answer = as_operator.post(address_of(pattern))

    assert answer.status_code in (403, 404, 405), f"{pattern.name} takes a POST and does not wear @change"
    assert answer.status_code != 404, f"{pattern.name} has looked something up before it refused the POST"


@pytest.mark.parametrize("pattern", CHANGES, ids=lambda each: str(each.name))
def test_a_reader_changes_nothing_and_learns_nothing(in_readers_shoes: Client, pattern: URLPattern) -> None:
    is_own = pattern.callback.permission == OWN

    answer = in_readers_shoes.post(address_of(pattern))

    assert answer.status_code in ((404, 422) if is_own else (403,))
    assert not AuditLog.objects.exists()


@pytest.mark.parametrize("pattern", CHANGES, ids=lambda each: str(each.name))
def test_a_stranger_is_asked_to_sign_in(client: Client, pattern: URLPattern, db: None) -> None:
    assert client.post(address_of(pattern))["Location"].startswith("/login/")


@pytest.mark.parametrize("pattern", CHANGES, ids=lambda each: str(each.name))
def test_a_change_takes_a_post_only(as_operator: Client, pattern: URLPattern) -> None:
    assert as_operator.get(address_of(pattern)).status_code == 405


def started(make_run: MakeRun, **facts: Any) -> dict[str, Any]:
    return {"pk": make_run(**facts).pk}


# How to make what each change is done to, and what is said with it. One that is missing here fails the test.
HOW: dict[str, Callable[[MakeRun], tuple[dict[str, Any], dict[str, Any]]]] = {
    "job-runs": lambda make: ({"name": "greet"}, {"name": "World"}),
    "run-pause": lambda make: (started(make), {}),
    "run-resumption": lambda make: (started(make, state=State.PAUSED), {}),
    "run-kill": lambda make: (started(make, state=State.RUNNING), {}),
    "run-cancellation": lambda make: (started(make), {}),
    "run-retries": lambda make: (started(make, state=State.FAILED, parameters={"name": "World"}), {}),
    "run-for-real": lambda make: (
        started(make, state=State.SUCCEEDED, job="cleanup_runs", parameters={"dry_run": True}),
        {},
    ),
    "run-approval": lambda make: (started(make, awaits=Awaits.PERSON), {}),
    "run-refusal": lambda make: (started(make, awaits=Awaits.PERSON), {"reason": "No"}),
    "person-new": lambda make: ({}, {"username": "new"}),
    "person-details": lambda make: (somebody(), {"username": "other"}),
    "person-rights": lambda make: (somebody(), {"right": "jobs.add_run"}),
    "person-password": lambda make: (somebody(), {}),
    "person-administration": lambda make: (somebody(), {"administrator": "yes"}),
    "person-deactivation": lambda make: (somebody(), {}),
    "person-activation": lambda make: (somebody(is_active=False), {}),
    "account-tokens": lambda make: ({}, {"name": "report"}),
    "account-token-revocation": lambda make: (a_token(), {}),
}


def somebody(**facts: Any) -> dict[str, Any]:
    return {"pk": User.objects.create_user("somebody", **facts).pk}


def a_token() -> dict[str, Any]:
    return {"pk": AuthToken.objects.create(user=User.objects.get(username="boss"), digest="x").pk}


@pytest.mark.parametrize("pattern", CHANGES, ids=lambda each: str(each.name))
def test_every_change_is_in_the_audit(pattern: URLPattern, make_run: MakeRun) -> None:
    boss = User.objects.create_superuser("boss")
    known, said = HOW[str(pattern.name)](make_run)

    answer = signed_in(boss).post(address_of(pattern, **known), said)

    assert answer.status_code in (200, 302)
    assert AuditLog.objects.get().user == boss


def test_the_addresses_of_the_console_are_all_that_there_are_beside_the_admin() -> None:
    own = {str(each.pattern) for each in ALL}

    beside = {
        str(each.pattern)
        for each in patterns([each for each in get_resolver().url_patterns if str(each.pattern) != "admin/"])
    }

    assert beside - own == {"admin/login/"}

"""What is true of every address at which something can be changed, found in the table of addresses itself."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from console import urls
from console.permissions import OWN
from jobs.models import AuditLog, Run
from jobs.models.state import Awaits, State
from tests.console.conftest import MakeRun, signed_in
from tests.console.makings import (
    Known,
    Said,
    a_creation,
    a_paused_queue,
    a_preset,
    a_revision,
    a_schedule,
    a_slot,
    a_token,
    an_addition,
    an_edited_schedule,
    somebody,
    started,
    with_rejects,
)

# What one does to oneself, or to the browser: the sign-ins have a record of their own.
OF_NOBODY = {"login", "logout", "theme", "account-password"}
# What takes a POST and changes nothing that an audit is asked for, with the reason.
READS = {
    "job-copy": "what is typed is not to stand in an address",
    "job-uploads": "a file alone does nothing; the run that takes it is in the audit",
    "runs-export": "more rows may be selected than an address holds",
}
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
RECORDED = [each for each in CHANGES if each.name not in READS]


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
    if pattern.name in (*OF_NOBODY, "runs-export") or pattern in CHANGES:
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
    answer = as_operator.get(address_of(pattern))

    assert (answer.status_code, "This is where a form leads to" in answer.content.decode()) == (405, True)


def ticked(make_run: MakeRun, **facts: Any) -> tuple[Known, Said]:
    return {}, {"run": make_run(**facts).pk, "confirmed": "yes"}


# How to make what each change is done to, and what is said with it. One that is missing here fails the test.
HOW: dict[str, Callable[[MakeRun], tuple[Known, Said]]] = {
    "acknowledgements": lambda make: ({}, {"job": "greet"}),
    "job-runs": lambda make: ({"name": "greet"}, {"name": "World"}),
    "job-presets": lambda make: (
        {"name": "greet"},
        {"preset-save": "yes", "preset-name": "week", "name": "World", "times": "1"},
    ),
    "preset-name": lambda make: (a_preset(), {"preset-name": "month"}),
    "preset-deletion": lambda make: (a_preset(), {}),
    "runs-pauses": ticked,
    "runs-resumptions": lambda make: ticked(make, state=State.PAUSED),
    "runs-cancellations": ticked,
    "runs-retries": lambda make: ticked(make, state=State.FAILED, parameters={"name": "World"}),
    "runs-deletions": lambda make: ticked(make, state=State.FAILED),
    "run-pause": lambda make: (started(make), {}),
    "run-resumption": lambda make: (started(make, state=State.PAUSED), {}),
    "run-kill": lambda make: (started(make, state=State.RUNNING), {}),
    "run-cancellation": lambda make: (started(make), {}),
    "run-retries": lambda make: (started(make, state=State.FAILED, parameters={"name": "World"}), {}),
    "run-for-real": lambda make: (
        started(make, state=State.SUCCEEDED, job="cleanup_runs", parameters={"dry_run": True}),
        {},
    ),
    "run-rejects": lambda make: (with_rejects(make), {}),
    "run-deletion": lambda make: (started(make, state=State.SUCCEEDED), {}),
    "queue-pause": lambda make: ({"name": "default"}, {}),
    "queue-resumption": lambda make: (a_paused_queue(), {}),
    "schedule-creation": lambda make: a_creation(),
    "schedule-addition": lambda make: an_addition(),
    "schedule-revision": lambda make: a_revision(),
    "schedule-switch": lambda make: ({"pk": a_schedule().pk}, {"enabled": "0"}),
    "schedule-reset": lambda make: an_edited_schedule(),
    "schedule-deletion": lambda make: ({"pk": a_schedule().pk}, {}),
    "schedule-runs": lambda make: ({"pk": a_schedule().pk}, {}),
    "schedule-slot-run": lambda make: (a_slot(), {}),
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


@pytest.mark.parametrize("pattern", RECORDED, ids=lambda each: str(each.name))
def test_every_change_is_in_the_audit(pattern: URLPattern, make_run: MakeRun) -> None:
    boss = User.objects.create_superuser("boss")
    known, said = HOW[str(pattern.name)](make_run)

    answer = signed_in(boss).post(address_of(pattern, **known), said)

    assert answer.status_code in (200, 302)
    assert AuditLog.objects.get().user == boss


def test_what_only_reads_is_there_and_leaves_nothing_behind(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run()
    known: dict[str, Any] = {"name": "import_products", "parameter": "path"}
    here = {str(each.name): each for each in ALL}

    for name in READS:
        answer = as_operator.post(
            address_of(here[name], **known), {"run": run.pk, "file": SimpleUploadedFile("a.csv", b"sku")}
        )
        assert answer.status_code == 200, f"{name} refuses what it was sent"

    assert not AuditLog.objects.exists()
    assert Run.objects.get().state == State.QUEUED


def test_whoever_may_read_runs_may_export_those_they_ticked(as_reader: Client, make_run: MakeRun) -> None:
    """So it asks for no permission, and neither could one be given that is only for this."""
    run = make_run()

    assert as_reader.post("/runs/export.csv", {"run": run.pk})["Content-Type"].startswith("text/csv")


def test_the_addresses_of_the_console_are_all_that_there_are_beside_the_admin() -> None:
    own = {str(each.pattern) for each in ALL}

    beside = {
        str(each.pattern)
        for each in patterns([each for each in get_resolver().url_patterns if str(each.pattern) != "admin/"])
    }

    assert beside - own == {"admin/login/", "admin/password_change/"}

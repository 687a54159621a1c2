"""What is recorded of a change, and where it came from."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory

from console.audit import address_of, record
from jobs.models import AuditLog
from tests.console.conftest import MakeRun


@pytest.mark.parametrize(
    ("remote", "forwarded", "behind_proxy", "expected"),
    [
        ("10.0.0.1", "1.2.3.4", False, "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", True, "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", True, "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4:5678", True, "1.2.3.4"),
        ("10.0.0.1", "[2001:db8::1]:80", True, "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", True, "2001:db8::1"),
        ("10.0.0.1", "", True, "10.0.0.1"),
        ("10.0.0.1", "a forged one", True, None),
        ("", "", False, None),
    ],
)
def test_the_address_is_the_one_that_the_proxy_has_seen(
    settings: Any, remote: str, forwarded: str, behind_proxy: bool, expected: str | None
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    more = {"headers": {"X-Forwarded-For": forwarded}} if forwarded else {}

    request = RequestFactory().get("/", REMOTE_ADDR=remote, **more)

    assert address_of(request) == expected


def test_what_is_done_to_a_run_is_about_its_job(reader: User, make_run: MakeRun) -> None:
    request: Any = RequestFactory().post("/")
    request.user = reader
    run = make_run(job="nightly")

    record(request, "did", run)
    record(request, "did", "another thing", job="greet")

    found = AuditLog.objects.order_by("id").values_list("target", "job")
    assert list(found) == [(str(run.pk), "nightly"), ("another thing", "greet")]

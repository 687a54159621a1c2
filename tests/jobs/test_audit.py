"""What is written into the audit."""

from datetime import datetime
from uuid import UUID

import pytest
from pydantic import SecretStr

from jobs import audit
from jobs.models import AuditLog
from jobs.secret import MASK, seal
from tests.jobs.people import person


@pytest.mark.django_db
def test_an_entry_says_who_what_where_from_and_how_it_was_before() -> None:
    user = person()

    audit.write("paused queue", "bulk", user=user, address="10.0.0.1", before="open", after=None, reason="")

    entry = AuditLog.objects.get()
    assert (entry.user, entry.action, entry.target) == (user, "paused queue", "bulk")
    assert (entry.address, entry.details) == ("10.0.0.1", {"before": "open"})


@pytest.mark.django_db
def test_what_is_done_to_a_job_is_about_it() -> None:
    assert audit.write("edited", "greet").job == "greet"
    assert audit.write("edited", "the nightly one", job="nightly").job == "nightly"
    assert audit.write("edited", "bulk").job == ""


@pytest.mark.django_db
def test_at_a_terminal_it_is_the_machines_own_name_of_the_person() -> None:
    entry = audit.write_at_terminal("asked to cancel", "bulk")

    assert entry.user is None
    assert "@" in entry.details["terminal"]


@pytest.mark.parametrize("secret", [SecretStr("s3cret"), seal(SecretStr("s3cret"))])
def test_a_secret_is_masked_however_deep_it_lies(secret: object) -> None:
    assert audit.plain({"a": [{"b": secret}], "c": secret}) == {"a": [{"b": MASK}], "c": MASK}


def test_what_is_called_a_secret_is_masked_too() -> None:
    assert audit.plain({"api_token": "s3cret", "Password": "s3cret", "secrets": 3, "token": ""}) == {
        **{"api_token": MASK, "Password": MASK},
        **{"secrets": 3, "token": ""},
    }


def test_everything_becomes_json() -> None:
    moment, key = datetime(2026, 11, 21, 12), UUID(int=1)

    assert audit.plain([moment, key, (1, 2.5, True, None)]) == [str(moment), str(key), [1, 2.5, True, None]]


def test_what_is_very_long_is_cut() -> None:
    assert len(audit.plain("x" * 9_000)) == audit.LONGEST_TEXT + 1
    assert len(audit.plain(list(range(9_000)))) == audit.MOST_ITEMS + 1
    deep: object = 0
    for _ in range(50):
        deep = [deep]
    assert "…" in str(audit.plain(deep))


def test_postgresql_takes_no_nul() -> None:
    assert audit.plain("a\x00b") == "ab"

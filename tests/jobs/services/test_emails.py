"""One spelling for the e-mail addresses of users."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jobs.models import Artifact
from jobs.progress import Progress
from jobs.services.emails import SPACE, EmailsReport, normalize_emails
from tests.jobs.services.interrupted import resumed_to_its_end
from tests.jobs.services.watched import Watched

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _artifacts(settings: Any, tmp_path: Path) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"


def make_users(*addresses: str) -> list[User]:
    return User.objects.bulk_create(
        User(username=f"user {number}", email=address) for number, address in enumerate(addresses)
    )


def stored() -> list[str]:
    return list(User.objects.order_by("pk").values_list("email", flat=True))


def report(changed: int = 0, rejected: int = 0, collisions: int = 0, dry_run: bool = False) -> EmailsReport:
    return EmailsReport(changed=changed, rejected=rejected, collisions=collisions, dry_run=dry_run)


def test_addresses_lose_capitals_and_the_space_around_them() -> None:
    make_users(" Ann@Example.COM ", "bob@example.com", "\tÉva@Exämple.com\n", "in side@x.com", "")

    found = normalize_emails()

    assert stored() == ["ann@example.com", "bob@example.com", "éva@exämple.com", "in side@x.com", ""]
    assert found == report(changed=2)


def test_nothing_else_of_a_user_changes() -> None:
    (user,) = make_users("Ann@example.com")
    before = User.objects.values().get()

    normalize_emails()

    assert User.objects.values().get() == before | {"email": "ann@example.com"}
    assert user.pk == before["id"]


def test_the_space_around_is_what_python_takes_for_it() -> None:
    assert set(SPACE) == {chr(code) for code in range(0x110000) if chr(code).isspace()}


def test_users_whose_addresses_would_become_the_same_keep_them() -> None:
    addresses = ["Ann@x.com", "ann@x.com", "BOB@x.com", " bob@x.com", "Bob@x.com", "Eve@x.com"]
    make_users(*addresses)

    found = normalize_emails()

    assert stored() == [*addresses[:5], "eve@x.com"]
    assert found == report(changed=1, rejected=5, collisions=2)


def test_the_ids_of_rejected_users_are_in_a_file(tmp_path: Path) -> None:
    users = make_users("Bob@x.com", "Ann@x.com", "ann@x.com", "bob@x.com ", "BOB@x.com")
    keys = [str(user.pk) for user in users]

    normalize_emails(progress=Watched(tmp_path))

    with (tmp_path / "rejected.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["address", "users"],
        ["ann@x.com", f"{keys[1]} {keys[2]}"],
        ["bob@x.com", f"{keys[0]} {keys[3]} {keys[4]}"],
    ]


def test_without_a_collision_there_is_no_file(tmp_path: Path) -> None:
    make_users("Ann@x.com")

    normalize_emails(progress=Watched(tmp_path))

    assert not (tmp_path / "rejected.csv").exists()


def test_empty_addresses_never_collide() -> None:
    make_users("", "", " ", "\t")

    found = normalize_emails()

    assert (stored(), found) == (["", "", "", ""], report(changed=2))


def test_users_who_share_an_address_that_is_normal_already_are_left_alone() -> None:
    make_users("ann@x.com", "ann@x.com")

    assert normalize_emails() == report()


def test_a_dry_run_counts_the_same_and_changes_nothing(tmp_path: Path) -> None:
    addresses = ["Ann@x.com", "ann@x.com", "Bob@x.com", " Eve@x.com"]
    make_users(*addresses)

    found = normalize_emails(dry_run=True, progress=Watched(tmp_path))

    assert (found, stored()) == (report(changed=2, rejected=2, collisions=1, dry_run=True), addresses)


def test_a_second_run_finds_only_what_was_rejected() -> None:
    make_users("Ann@x.com", "ann@x.com", "Bob@x.com")
    normalize_emails()

    assert normalize_emails() == report(rejected=2, collisions=1)


@pytest.mark.parametrize("cut_at", [2, 3, 4, 5])
def test_cut_off_again_and_again_each_user_is_counted_once(cut_at: int) -> None:
    make_users("A@x.com", "a@x.com", "B@x.com", "C@x.com", "d@x.com", "E@x.com", "F@x.com", "e@x.com")

    found = resumed_to_its_end(
        "normalize_emails", lambda progress: normalize_emails(batch_size=2, progress=progress), cut_at + 2
    )

    assert found == report(changed=3, rejected=4, collisions=2)
    assert stored() == [
        "A@x.com",
        "a@x.com",
        "b@x.com",
        "c@x.com",
        "d@x.com",
        "E@x.com",
        "f@x.com",
        "e@x.com",
    ]
    assert Artifact.objects.get().path.read_text().count("\n") == 3


@pytest.mark.django_db(transaction=True)
def test_shards_leave_no_user_out_and_take_none_twice() -> None:
    make_users(*(f"User{number}@x.com" for number in range(40)), "user7@x.com")

    found = resumed_to_its_end(
        "normalize_emails",
        lambda progress: normalize_emails(batch_size=2, shards=3, progress=progress),
        cut_at=5,
    )

    assert found == report(changed=39, rejected=2, collisions=1)
    assert [each for each in stored() if each != each.lower()] == ["User7@x.com"]


def test_who_came_since_the_last_attempt_is_seen_by_the_next() -> None:
    # In this order: a range is written in turns, by the remainder of the key.
    first, second = 5_000_000, 5_000_004
    User.objects.create(pk=first, username="first", email="A@x.com")
    User.objects.create(pk=second, username="second", email="B@x.com")

    def perform(progress: Progress) -> EmailsReport:
        if "a@x.com" in stored():
            User.objects.get_or_create(username="late", email="b@x.com")
        return normalize_emails(batch_size=1, progress=progress)

    found = resumed_to_its_end("normalize_emails", perform, cut_at=4)

    assert (stored(), found.rejected) == (["b@x.com", "a@x.com", "B@x.com"], 2)


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(
    addresses=st.lists(st.text("aA \tÄä@", max_size=4), max_size=12),
    batch_size=st.integers(1, 5),
)
def test_it_does_what_a_few_lines_of_python_say(addresses: list[str], batch_size: int) -> None:
    User.objects.all().delete()
    make_users(*addresses)
    normal = [address.strip().lower() for address in addresses]
    pairs = list(zip(addresses, normal, strict=True))
    sharing = {each for old, each in pairs if old != each and each and normal.count(each) > 1}
    expected = [a if b in sharing else b for a, b in pairs]

    found = normalize_emails(batch_size=batch_size)

    assert stored() == expected
    assert found == report(
        changed=sum(a != b for a, b in zip(addresses, expected, strict=True)),
        rejected=sum(each in sharing for each in normal),
        collisions=len(sharing),
    )

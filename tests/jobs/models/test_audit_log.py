"""The table that only grows."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import Error, transaction
from django.db.models import F
from django.utils import timezone

from jobs.models import AuditLog
from jobs.models.audit_log import KEPT
from tests.jobs.people import make_private, person

pytestmark = pytest.mark.django_db


def entry(**facts: Any) -> AuditLog:
    return AuditLog.objects.create(**{"action": "paused queue", "target": "bulk", **facts})


@pytest.mark.parametrize("change", [{"action": "x"}, {"created_at": F("created_at")}, {"details": {"a": 1}}])
def test_an_entry_is_not_changed(change: Any) -> None:
    entry(user=person())
    changes = change if "created_at" not in change else {"created_at": timezone.now()}

    with pytest.raises(Error, match="append-only"), transaction.atomic():
        AuditLog.objects.update(**changes)


def test_an_entry_is_given_to_nobody_else() -> None:
    entry(user=person())

    with pytest.raises(Error, match="append-only"), transaction.atomic():
        AuditLog.objects.update(user=person())


def test_somebody_who_is_deleted_leaves_their_entries() -> None:
    user = person()
    entry(user=user)

    user.delete()

    assert AuditLog.objects.get().user is None


def test_an_entry_is_not_deleted() -> None:
    entry(created_at=timezone.now() - 2 * KEPT)

    with pytest.raises(Error, match="only cleanup_old_data deletes"), transaction.atomic():
        AuditLog.objects.all().delete()


def test_the_retention_deletes_what_is_old_and_nothing_else() -> None:
    entry(created_at=timezone.now() - KEPT - timedelta(minutes=1))

    assert AuditLog.objects.all().delete_old() == 1

    entry(created_at=timezone.now() - KEPT + timedelta(minutes=1))
    with pytest.raises(Error, match="30 days at least"), transaction.atomic():
        AuditLog.objects.all().delete_old()


def test_what_is_about_a_private_job_is_seen_by_who_sees_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    make_private(monkeypatch, "greet")
    for facts in ({"job": "greet"}, {"job": "nightly"}, {}):
        entry(**facts)

    assert AuditLog.objects.visible_to(person()).count() == 2
    assert AuditLog.objects.visible_to(person("view_greet")).count() == 3


def test_sign_ins_are_seen_by_who_manages_people() -> None:
    entry(action="signed in", target="person ada")
    manager = person()
    manager.user_permissions.add(Permission.objects.get(codename="change_user"))

    assert AuditLog.objects.visible_to(person()).count() == 0
    assert AuditLog.objects.visible_to(manager).count() == 1

"""People with rights, and jobs that not all of them may see."""

from dataclasses import replace
from itertools import count

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User

from jobs import catalog, rights
from jobs.job import Job

numbers = count(1)


def person(*codenames: str, **facts: bool) -> User:
    """With those permissions of ours."""
    user = User.objects.create_user(f"person{next(numbers)}", **facts)
    found = Permission.objects.filter(content_type__app_label="jobs", codename__in=codenames)
    assert len(found) == len(codenames), f"there are only {list(found)}"
    user.user_permissions.set(found)
    return user


def declare(monkeypatch: pytest.MonkeyPatch, job: Job) -> Job:
    """Put it into the catalog, with its permissions."""
    monkeypatch.setitem(catalog.JOBS, job.name, job)
    migrated()
    return job


def make_private(monkeypatch: pytest.MonkeyPatch, name: str) -> Job:
    return declare(monkeypatch, replace(catalog.JOBS[name], private=True))


def migrated() -> None:
    """What a migration does at its end."""
    rights.after_migrate(app_config=apps.get_app_config("jobs"), apps=apps, verbosity=0, interactive=False)

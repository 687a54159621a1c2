"""Who manages people, and people to manage."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client


def person(name: str, *rights: str, groups: tuple[str, ...] = (), **facts: Any) -> User:
    user = User.objects.create_user(name, **facts)
    user.user_permissions.set([permission(each) for each in rights])
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def permission(name: str) -> Permission:
    app, _, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def office() -> User:
    """Manages people, and may start jobs."""
    return person("office", "auth.change_user", "jobs.add_run", "jobs.run_greet")


def rights(user: User) -> set[str]:
    return set(User.objects.get(pk=user.pk).get_all_permissions())


def body(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())

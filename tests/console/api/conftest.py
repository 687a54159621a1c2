"""Programs that call the API, each with the token of somebody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from jobs.services.tokens import create_token

Caller = Callable[..., Client]


@pytest.fixture
def caller(db: None) -> Caller:
    """A program of somebody with those permissions."""

    def made(*codenames: str, name: str = "program") -> Client:
        user = User.objects.create_user(name)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        return with_token(create_token(user, name))

    return made


@pytest.fixture
def program(caller: Caller) -> Client:
    """One that may start and cancel every job."""
    return caller("add_run", "cancel_run")


def with_token(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(client: Client, path: str, content: Any = None, **headers: str) -> Any:
    return client.post(path, content or {}, content_type="application/json", headers=headers)

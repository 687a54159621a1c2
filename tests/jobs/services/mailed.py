"""People who get mail, notifications that wait, and the server that takes them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from jobs.models.notification import Notification
from tests.smtp_server import Mailbox, smtp_server


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with smtp_server() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        settings.DEFAULT_FROM_EMAIL = "Nightshift <jobs@shop.example>"
        yield mailbox


def person(email: str) -> User:
    return User.objects.create_user(email.partition("@")[0] or "nobody", email)


def waiting_for(*emails: str, **facts: Any) -> list[Notification]:
    return [
        Notification.objects.create(user=person(email), subject=f"For {email}", message="Tea!", **facts)
        for email in emails
    ]


def states() -> dict[str, str]:
    """By address."""
    return dict(Notification.objects.values_list("user__email", "state"))

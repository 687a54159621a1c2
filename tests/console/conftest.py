"""People at the console, and runs for them to look at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs.models import Run
from jobs.models.attempt import Attempt
from jobs.models.state import FINAL, State
from tests.tasks.scheduled import by_cron

MakeRun = Callable[..., Run]
OPERATES = ("add_run", "cancel_run", "pause_run", "retry_run", "delete_run", "pause_queues", "edit_schedules")


@pytest.fixture(autouse=True)
def _directories(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS = tmp_path / "uploads"
    settings.ARTIFACTS = tmp_path / "artifacts"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # WhiteNoise looks at each file that it may serve, for each client anew: longer than most pages take.
    settings.WHITENOISE_USE_FINDERS = False
    settings.STATIC_ROOT = tmp_path
    # Plain HTTP, wherever the settings of the machine say otherwise.
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def reader(db: None) -> User:
    return User.objects.create_user("reader", password="pass")


@pytest.fixture
def operator(db: None) -> User:
    user = User.objects.create_user("operator", password="pass")
    user.user_permissions.set(Permission.objects.filter(codename__in=OPERATES))
    return user


@pytest.fixture
def as_reader(reader: User) -> Client:
    return signed_in(reader)


@pytest.fixture
def as_operator(operator: User) -> Client:
    return signed_in(operator)


@pytest.fixture
def make_run(db: None) -> MakeRun:
    def make(state: State = State.QUEUED, **values: Any) -> Run:
        now = timezone.now()
        attempt = values.pop("attempt", 0 if state == State.QUEUED else 1)
        ended = {"finished_at": now} if state in FINAL else {}
        started = {"started_at": now} if attempt else {}
        run = Run.objects.create(
            **{"job": "greet", "state": state, "attempt": attempt, **ended, **started, **values}
        )
        for number in range(1, attempt + 1):
            Attempt.objects.create(run=run, number=number, worker="a@b:1", started_at=now, **ended)
        return run

    return make


@pytest.fixture
def no_schedules(db: None) -> None:
    PeriodicTask.objects.all().delete()


@pytest.fixture
def schedule(no_schedules: None) -> PeriodicTask:
    made = by_cron("30 3 * * *", zone="Europe/Berlin", task="greet", kwargs={"name": "Ada"})
    return PeriodicTask.objects.get(pk=made.pk)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client

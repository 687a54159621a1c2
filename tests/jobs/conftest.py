"""The service as those who look after it find it."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from jobs.models import Heartbeat
from tests.away import no_database


@pytest.fixture
def _processes(db: None) -> None:
    for kind in ("worker", "beat"):
        Heartbeat.objects.beat(kind, f"{kind}@here")


@pytest.fixture
def _no_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with no_database(django_db_blocker):
        yield

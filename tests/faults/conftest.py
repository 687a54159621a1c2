"""Servers for the fault tests: those of the session, with workers of each test's own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from pytest_celery import RedisTestBroker

from tasks import dispatch
from tests.faults.fleet import REPUBLISH_AFTER, Fleet
from tests.faults.jobs import TABLE
from tests.faults.report import Report

FULL = os.environ.get("FAULTS") == "full"


@pytest.fixture
def fleet(
    transactional_db: None,
    broker_of_the_nodes: None,
    nodes: Path,
    environment: dict[str, str],
    celery_broker: RedisTestBroker,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
) -> Iterator[Fleet]:
    monkeypatch.setattr(dispatch, "_rest_until", 0.0)
    settings.REPUBLISH_AFTER_SECONDS = REPUBLISH_AFTER
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("TRUNCATE tests_effect")
    fleet = Fleet(nodes, environment)
    try:
        yield fleet
    finally:
        fleet.stop()
        celery_broker.container.empty_queues()


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    report = Report()
    yield report
    if FULL:
        report.write()

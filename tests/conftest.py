"""Broker and worker of the tests: pytest-celery's nodes as ordinary processes, one of each for the session.

Tests that need them ask for `worker`; they come in a row, and the worker ends before a test that does not, so
that it takes the runs of no other test. `make test` runs three processes with servers of their own: at
first one has the faults, which wait more than they compute, one the worker, and one the rest.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.test import TransactionTestCase
from kombu import pools
from pytest_celery import CeleryBrokerCluster, CeleryTestSetup, RedisTestBroker
from pytest_django import DjangoDbBlocker

from jobs.models.run import Run
from project.celery import app
from tasks import dispatch
from tests.dealing import Dealer, place_of, row_of
from tests.nodes.broker import ValkeyContainer, start_broker
from tests.nodes.waiting import wait_until
from tests.nodes.worker import WorkerContainer, WorkerNode, service_environment, start_worker
from tests.samples import samples, site  # noqa: F401 fixtures
from tests.tables import Tables

pytest_plugins = ["pytest_celery.plugin"]

# Importing pytest-celery makes an application of its own, which would be everybody's current one.
app.set_current()
app.set_default()


working: list[WorkerContainer] = []


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Dealer | None:
    return Dealer(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place_of)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if row_of(item) != "worker":
        while working:
            working.pop()._container.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that commits, the tables are as the migrations left them."""
    with django_db_blocker.unblock():
        tables = Tables.as_they_are()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: tables.restore())
        yield


@pytest.fixture(scope="session")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the nodes keep their logs."""
    return tmp_path_factory.mktemp("nodes")


@pytest.fixture(scope="session")
def default_redis_broker(nodes: Path) -> Iterator[ValkeyContainer]:
    container = start_broker(nodes)
    try:
        assert container.ready()
        yield container
    finally:
        container._container.stop()


@pytest.fixture(scope="session")
def celery_broker(default_redis_broker: ValkeyContainer) -> RedisTestBroker:
    return RedisTestBroker(default_redis_broker)


@pytest.fixture(scope="session")
def celery_broker_cluster(celery_broker: RedisTestBroker) -> CeleryBrokerCluster:
    return CeleryBrokerCluster(celery_broker)


@pytest.fixture(scope="session")
def celery_backend_cluster() -> None:
    """The results are in the table of runs."""


@pytest.fixture(scope="session")
def default_worker_container_cls() -> type[WorkerContainer]:
    return WorkerContainer


@pytest.fixture(scope="session")
def default_worker_container_session_cls() -> type[WorkerContainer]:
    return WorkerContainer


@pytest.fixture(scope="session")
def default_worker_cls() -> type[WorkerNode]:
    return WorkerNode


@pytest.fixture(scope="session")
def environment(django_db_setup: None, celery_broker: RedisTestBroker) -> dict[str, str]:
    """For any process of the service that a test starts."""
    return service_environment(celery_broker.container.url)


@pytest.fixture(scope="session")
def default_worker_container(nodes: Path, environment: dict[str, str]) -> Iterator[WorkerContainer]:
    container = start_worker(nodes, environment)
    try:
        assert container.ready()
        yield container
    finally:
        container._container.stop()


@pytest.fixture(scope="session")
def celery_setup_app() -> Celery:
    return app


@pytest.fixture
def broker_of_the_nodes(celery_broker: RedisTestBroker) -> Iterator[None]:
    """The service's own application, in this process too, speaks to the broker that the nodes have."""
    before = app.conf.broker_url
    use_broker(celery_broker.container.url)
    yield
    use_broker(before)


@pytest.fixture(scope="session")
def celery_worker(
    default_worker_cls: type[WorkerNode], default_worker_container: WorkerContainer, celery_setup_app: Celery
) -> WorkerNode:
    return default_worker_cls(default_worker_container, celery_setup_app)


@pytest.fixture
def worker(
    transactional_db: None,
    broker_of_the_nodes: None,
    celery_setup: CeleryTestSetup,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[WorkerNode]:
    """The session's worker, idle before and after, with this process speaking to the same broker."""
    monkeypatch.setattr(dispatch, "_rest_until", 0.0)
    container = celery_setup.worker.container
    if container._container.status == "exited":  # before a test of another group, which came between
        container._container.start()
        assert container.ready()
    working[:] = [container]
    yield celery_setup.worker
    # Tables are emptied next: who still works on them could be in the way.
    Run.objects.active().cancel()
    wait_until(lambda: not Run.objects.active().exists(), within=60, about="the worker is idle")
    celery_setup.broker.container.empty_queues()


def use_broker(url: str) -> None:
    """Let this process speak to that broker from now on."""
    pools.reset()
    app.conf.broker_url = url
    app._pool = None
    app.amqp._producer_pool = None

"""Broker and worker of the tests: pytest-celery's nodes as ordinary processes, one of each for the session.

Tests that need them ask for `worker`; they come last, so that no worker takes the runs of the others.
`make test` runs two processes with servers of their own: at last one has the worker, the other the faults.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.db import OperationalError
from django.db.backends.postgresql.operations import DatabaseOperations
from kombu import pools
from psycopg.errors import DeadlockDetected
from pytest_celery import CeleryBrokerCluster, CeleryTestSetup, RedisTestBroker

from jobs.models.run import Run
from project.celery import app
from tasks import dispatch
from tests.nodes.broker import ValkeyContainer, start_broker
from tests.nodes.waiting import wait_until
from tests.nodes.worker import WorkerContainer, WorkerNode, service_environment, start_worker

pytest_plugins = ["pytest_celery.plugin"]

# Importing pytest-celery makes an application of its own, which would be everybody's current one.
app.set_current()
app.set_default()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if group := group_of(item):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: ["", "faults", "worker"].index(group_of(item)))


def group_of(item: pytest.Item) -> str:
    """Tests that have to run in one process, one after the other."""
    fixtures = getattr(item, "fixturenames", ())
    return "worker" if "celery_worker" in fixtures else "faults" if "fleet" in fixtures else ""


@pytest.fixture(scope="session", autouse=True)
def empty_tables_beside_a_worker() -> Iterator[None]:
    """Its dispatcher may hold one table and want the next while TRUNCATE does: who has lost tries again."""
    empty = DatabaseOperations.execute_sql_flush

    def empty_again(self: DatabaseOperations, statements: list[str]) -> None:
        try:
            empty(self, statements)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            empty_again(self, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", empty_again)
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
def celery_setup_app(celery_broker: RedisTestBroker) -> Iterator[Celery]:
    """The service's own application, in this process too."""
    before = app.conf.broker_url
    use_broker(celery_broker.container.url)
    yield app
    use_broker(before)


@pytest.fixture(scope="session")
def celery_worker(
    default_worker_cls: type[WorkerNode], default_worker_container: WorkerContainer, celery_setup_app: Celery
) -> WorkerNode:
    return default_worker_cls(default_worker_container, celery_setup_app)


@pytest.fixture
def worker(
    transactional_db: None, celery_setup: CeleryTestSetup, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WorkerNode]:
    """The session's worker, idle before and after, with this process speaking to the same broker."""
    monkeypatch.setattr(dispatch, "_rest_until", 0.0)
    yield celery_setup.worker
    # Tables are emptied next: who still works on them could be in the way.
    Run.objects.active().cancel()
    wait_until(lambda: not Run.objects.active().exists(), about="the worker is idle")
    celery_setup.broker.container.empty_queues()


def use_broker(url: str) -> None:
    """Let this process speak to that broker from now on."""
    pools.reset()
    app.conf.broker_url = url
    app._pool = None
    app.amqp._producer_pool = None

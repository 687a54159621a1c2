"""The worker's node: `celery -A project worker` as an ordinary process on the test database."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.db import connection
from pytest_celery import CeleryTestWorker, CeleryWorkerContainer

from jobs.catalog import QUEUES
from tests.nodes.process import Process, WaitsForItsPrompt


class WorkerContainer(WaitsForItsPrompt, CeleryWorkerContainer):
    @classmethod
    def version(cls) -> str:
        return version("celery")

    @classmethod
    def log_level(cls) -> str:
        return "INFO"

    @classmethod
    def worker_name(cls) -> str:
        return "tested"

    @classmethod
    def worker_queue(cls) -> str:
        return ",".join(QUEUES)

    @classmethod
    def command(cls, *args: str, **kwargs: Any) -> list[str]:
        return [
            *celery("worker", "--loglevel", cls.log_level()),
            *("--hostname", f"{cls.worker_name()}@%h", "--queues", cls.worker_queue()),
            *("--concurrency", "2", "--without-mingle", "--include", "tests.nodes.jobs", *args),
            # Ten seconds as a rule, from the death of a child until its task is given up.
            *("--", "worker.lost_wait=0.5"),
        ]

    @classmethod
    def initial_env(cls, celery_worker_cluster_config: dict[str, Any], initial: Any = None) -> dict[str, str]:
        return service_environment(celery_worker_cluster_config["celery_broker_cluster_config"]["urls"][0])

    @property
    def ready_prompt(self) -> str:
        return f"{self.worker_name()}@{self.id[:12]} ready."


class WorkerNode(CeleryTestWorker):
    def get_running_processes_info(
        self, columns: list[str] | None = None, filters: dict[str, str] | None = None
    ) -> list[dict[str, Any]]:
        parent = psutil.Process(self.container._container.pid)
        found = [each.as_dict(columns) for each in [parent, *parent.children(recursive=True)]]
        return [each for each in found if all(each[key] == value for key, value in (filters or {}).items())]


def start_worker(directory: Path, env: dict[str, str], *args: str) -> WorkerContainer:
    """A worker that is ready. Its container's `id` is in its name."""
    return WorkerContainer(start("worker", directory, env, WorkerContainer.command(*args)))


def start(name: str, directory: Path, env: dict[str, str], command: list[str]) -> Process:
    process = Process(name, command, env, directory)
    process.start()
    return process


def celery(*args: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "project", *args]


def service_environment(broker_url: str) -> dict[str, str]:
    """What a process of the service has to be told to work on the test database."""
    url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        "DATABASE_URL": url.geturl(),
        "BROKER_URL": broker_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "HTTPS": "0",
        "ALLOW_PRIVATE_ADDRESSES": "1",  # for servers that are tests themselves
        "NIGHTSHIFT_VAR": str(settings.VAR),
    }

"""Workers to be killed, and the count of what they did."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from django.db import connection

from jobs.models.run import Run
from jobs.models.state import State
from tests.faults.jobs import HAVE_EFFECTS, have_effects_task
from tests.nodes.process import Process
from tests.nodes.waiting import wait_until
from tests.nodes.worker import celery, start

LEASE = 3  # seconds
REPUBLISH_AFTER = 2  # seconds
ACCEPTED_AS = {"queue": HAVE_EFFECTS.queue}

COUNT = """
SELECT run.id, run.state, (run.parameters->>'items')::int,
       count(effect.item), count(DISTINCT effect.item)
FROM jobs_run run LEFT JOIN tests_effect effect ON effect.run_id = run.id
WHERE run.job = 'have_effects' GROUP BY run.id
"""


@dataclass
class Count:
    """`lost` are items that never came, `doubled` such that came again, `stuck` runs that did not succeed."""

    runs: int = 0
    effects: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0

    @property
    def is_clean(self) -> bool:
        return self.lost == self.doubled == self.stuck == 0


@dataclass
class Fleet:
    directory: Path
    environment: dict[str, str]
    workers: list[Process] = field(default_factory=list)

    def start(self, **faults: str) -> Process:
        """A worker of two processes. `faults` as crashing.py reads them: control, point, rate."""
        env = {"LEASE_SECONDS": str(LEASE), "CANCEL_GRACE_SECONDS": "2"}
        env |= {"REPUBLISH_AFTER_SECONDS": str(REPUBLISH_AFTER)}
        env |= self.environment | {f"FAULT_{key.upper()}": value for key, value in faults.items()}
        command = [
            *celery("worker", "--hostname", "fault@%h", "--queues", "faults,bulk", "--concurrency", "2"),
            *("--without-mingle", "--without-gossip", "--loglevel", "INFO"),
            *("--include", "tests.faults.jobs,tests.faults.crashing"),
        ]
        worker = start("fault", self.directory, env, command)
        self.workers.append(worker)
        return worker

    def started(self, **faults: str) -> Process:
        """A worker that is ready."""
        worker = self.start(**faults)
        wait_until(
            lambda: b" ready." in worker.logs(), within=30, about=f"the worker is ready\n{worker.logs()}"
        )
        return worker

    def kill(self, worker: Process) -> None:
        """With all its children, as `kill -9` of its process group or the loss of a machine does."""
        tree = tree_of(worker)
        worker.kill("SIGKILL")
        for each in tree:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self.workers.remove(worker)

    def freeze(self, worker: Process) -> None:
        for each in tree_of(worker):
            each.suspend()

    def thaw(self, worker: Process) -> None:
        for each in tree_of(worker):
            with suppress(psutil.NoSuchProcess):
                each.resume()

    def stop(self) -> None:
        for worker in list(self.workers):
            self.thaw(worker)
            self.kill(worker)


def tree_of(worker: Process) -> list[psutil.Process]:
    try:
        parent = psutil.Process(worker.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def children_of(worker: Process) -> list[int]:
    """Its pool processes."""
    return [each.pid for each in tree_of(worker)[1:]]


def kill_child(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def accept(items: int = 12, **parameters: Any) -> Run:
    return Run.objects.get(pk=have_effects_task.delay(items=items, **parameters).id)


def all_ended(within: float) -> bool:
    """False where some are not over by then."""
    with suppress(AssertionError):
        wait_until(lambda: not Run.objects.active().exists(), within=within)
        return True
    return False


def counted() -> Count:
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        count = Count()
        for _, state, items, effects, distinct in cursor.fetchall():
            count.runs += 1
            count.effects += effects
            count.stuck += state != State.SUCCEEDED
            count.lost += items - distinct if state == State.SUCCEEDED else 0
            count.doubled += effects - distinct
    return count

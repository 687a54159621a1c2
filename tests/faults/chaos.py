"""Random faults by a seed: everything that goes wrong in a year, in a minute."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import Error, connection
from pytest_celery import RedisTestBroker
from redis import RedisError

from jobs.models.run import Run
from jobs.models.state import State
from tasks import dispatch
from tests.faults.fleet import LEASE, Fleet, accept, children_of, kill_child
from tests.nodes.process import Process

WORKERS = 2
BATCH_SECONDS = 0.05


class Chaos:
    """`wreak` commits one fault after the other; what it froze it thaws, what it killed it replaces."""

    def __init__(self, fleet: Fleet, broker: RedisTestBroker, seed: int) -> None:
        self._fleet = fleet
        self._broker = broker
        self._random = random.Random(seed)
        self._thaws: list[tuple[float, Callable[[], None]]] = []
        self.faults: list[str] = []

    def wreak(self, faults: int) -> None:
        for _ in range(WORKERS):
            self._fleet.start()
        for _ in range(faults):
            self._thaw_what_is_due()
            dispatch._rest_until = 0.0
            self._safely(self._accept)
            fault = self._random.choice(FAULTS)
            self.faults.append(fault.__name__)
            self._safely(lambda fault=fault: fault(self))
            time.sleep(self._random.uniform(0.1, 0.6))
        self.end()

    def end(self) -> None:
        """All is well again: what is frozen goes on, and the workers are there."""
        for _, thaw in self._thaws:
            thaw()
        self._thaws.clear()
        while len(self._fleet.workers) < WORKERS:
            self._fleet.start()

    def _accept(self) -> None:
        if Run.objects.active().count() < 12:
            accept(items=40, size=4, seconds=BATCH_SECONDS)

    def _safely(self, act: Callable[[], Any]) -> None:
        """The test's own connections are cut as the others are, and its broker is frozen as theirs is."""
        with suppress(RedisError):
            with suppress(Error):
                act()
                return
            connection.close()

    def _thaw_what_is_due(self) -> None:
        now = time.monotonic()
        for due, thaw in self._thaws:
            if due <= now:
                thaw()
        self._thaws = [each for each in self._thaws if each[0] > now]

    def _freeze_for(self, seconds: float, freeze: Callable[[], None], thaw: Callable[[], None]) -> None:
        freeze()
        self._thaws.append((time.monotonic() + seconds, thaw))

    def _worker(self) -> Process:
        while len(self._fleet.workers) < WORKERS:
            self._fleet.start()
        return self._random.choice(self._fleet.workers)

    def kill_child(self) -> None:
        if children := children_of(self._worker()):
            kill_child(self._random.choice(children))

    def kill_worker(self) -> None:
        self._fleet.kill(self._worker())
        self._fleet.start()

    def replace_worker(self) -> None:
        """A deploy: SIGTERM, and a new one beside it."""
        worker = self._worker()
        if worker.status == "running":
            worker.kill("SIGTERM")
        self._fleet.start()
        self._fleet.workers.remove(worker)
        self._thaws.append((time.monotonic() + 10, lambda: worker.stop(timeout=10)))

    def freeze_worker(self) -> None:
        worker = self._worker()
        seconds = LEASE * self._random.uniform(0.5, 1.7)
        self._freeze_for(seconds, lambda: self._fleet.freeze(worker), lambda: self._fleet.thaw(worker))

    def freeze_child(self) -> None:
        if children := children_of(self._worker()):
            child = self._random.choice(children)
            seconds = LEASE * self._random.uniform(0.5, 1.7)
            self._freeze_for(
                seconds, lambda: _signal(child, signal.SIGSTOP), lambda: _signal(child, signal.SIGCONT)
            )

    def flush_broker(self) -> None:
        with self._broker.container.client as client:
            client.flushall()

    def restart_broker(self) -> None:
        self._broker.kill()
        self._broker.restart()

    def freeze_broker(self) -> None:
        pid = self._broker.container._container.pid
        seconds = self._random.uniform(0.5, 3)
        self._freeze_for(seconds, lambda: _signal(pid, signal.SIGSTOP), lambda: _signal(pid, signal.SIGCONT))

    def cut_broker_connections(self) -> None:
        with self._broker.container.client as client:
            client.client_kill_filter(_type="normal", skipme=True)

    def cut_database_connections(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 3"
            )

    def crash_database(self) -> None:
        """One of its processes dies, so all of them start anew and recover from the log."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        _signal(pid, signal.SIGKILL)
        connection.close()
        time.sleep(1)

    def double_messages(self) -> None:
        for run in Run.objects.active()[:10]:
            for _ in range(3):
                dispatch.announce(run)

    def pause_and_resume(self) -> None:
        some = Run.objects.filter(pk__in=list(Run.objects.active().values_list("pk", flat=True)[:3]))
        some.pause()
        time.sleep(self._random.uniform(0, 0.5))
        self._resume_all()

    def _resume_all(self) -> None:
        Run.objects.filter(state__in=[State.PAUSED, State.RUNNING]).resume()


FAULTS = (
    Chaos.kill_child, Chaos.kill_child, Chaos.kill_worker, Chaos.replace_worker, Chaos.freeze_worker,
    Chaos.freeze_child, Chaos.flush_broker, Chaos.restart_broker, Chaos.freeze_broker,
    Chaos.cut_broker_connections, Chaos.cut_database_connections, Chaos.crash_database,
    Chaos.double_messages, Chaos.pause_and_resume,
)  # fmt: skip


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)

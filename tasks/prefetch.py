"""How many messages a worker takes besides those it executes: none as a rule, some while its tasks are short.

A message that waits behind a long task keeps its run from an idle worker, so a worker takes one only for a
process that is free. Where tasks take milliseconds, though, that process waits for the broker as long as for
the task: then one more for each is at hand. Should a long task come after all, the dispatcher publishes the
run behind it again, and whoever is free claims it.
"""

import time
from typing import Any

from celery import bootsteps
from celery.worker import state

SHORT = 0.05  # seconds that tasks take on average, and that none now executing has taken yet
LONG = 1.0  # seconds that a task counts for at most: twenty short ones later it is forgotten
WEIGHT = 0.15  # of the latest task in the average


class Pace:
    """How long the tasks of this worker take: in each process, from one beginning to the next."""

    def __init__(self) -> None:
        self._average = LONG
        self._began: dict[int, float] = {}

    def begins(self, pid: int) -> None:
        now = time.monotonic()
        took = min(LONG, now - self._began.get(pid, -LONG))
        self._average += WEIGHT * (took - self._average)
        self._began[pid] = now

    def is_short(self) -> bool:
        """Whether tasks are short as a rule, and those that execute have begun just now."""
        if self._average >= SHORT:
            return False
        since = time.monotonic() - SHORT
        return all(self._began.get(each.worker_pid, since) >= since for each in state.active_requests)


pace = Pace()


class Prefetch(bootsteps.StartStopStep):
    """In place of Celery's `worker_disable_prefetch`, which has the first half of the rule only."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        qos = consumer.task_consumer.channel.qos
        plain = qos.can_consume

        def can_consume() -> bool:
            return may_take_one(consumer.pool.num_processes) and bool(plain())

        qos.can_consume = can_consume


def may_take_one(processes: int) -> bool:
    """Besides the messages that this worker has, those that execute among them."""
    has = len(state.reserved_requests)
    return has < processes or (has < 2 * processes and pace.is_short())

"""From the rows to the broker: publish on commit, and again what is due and was not taken."""

import logging
import time
from collections.abc import Iterable
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from jobs import figures
from jobs.catalog import QUEUES
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.state import State

log = logging.getLogger(__name__)

# Messages in the broker: below the one, it is filled up to the other. All of a backlog in there would be
# published again and again, and lost at once.
LOW, HIGH = 20, 2_000
REST_AFTER_ERROR = 5.0  # seconds in which no caller waits for a broker that just did not answer
# For one short transaction only, and never for long: who is frozen with the lock in hand must not keep all
# others from work, so the server ends the session of one that goes silent.
LOCK = """
SELECT set_config('idle_in_transaction_session_timeout', '3s', true),
       pg_try_advisory_xact_lock(hashtextextended('tasks:dispatcher', 0))
"""
LOOK_EVERY = 2.0  # seconds between two looks for queues that the catalog does not name
FIGURES_EVERY = 20.0  # seconds between two looks for days whose figures are due

_rest_until = 0.0


def announce(run: Run) -> None:
    """Publish a run that is due; where the broker is away, the dispatcher does it later. Never raises."""
    if run.not_before_in_future or broker_rests():
        return
    try:
        publish(run)
    except broker_errors() as error:
        let_broker_rest()
        log.warning(
            "Run %s is accepted; the broker cannot be reached (%s), so it starts later", run.pk, error
        )


def broker_rests() -> bool:
    """Whether it has just failed to answer: then nobody waits for it again."""
    return time.monotonic() < _rest_until


def let_broker_rest() -> None:
    global _rest_until
    _rest_until = time.monotonic() + REST_AFTER_ERROR


def broker_errors() -> tuple[type[Exception], ...]:
    """What its client raises where it is away, is frozen, or refuses; not all of it is an OSError."""
    return (OSError, OperationalError, *current_app.connection_for_write().connection_errors)


def publish(run: Run) -> None:
    """Send the run's id to its queue. Raises kombu's OperationalError."""
    current_app.send_task(
        run.job, task_id=str(run.pk), queue=run.queue, priority=run.priority, retry=False, ignore_result=True
    )


def publish_next(lane: str) -> None:
    """Whose turn it is in a lane that has just been left."""
    waiting = Run.objects.filter(
        finished_at=None, state=State.QUEUED, awaits="", lane=lane, not_before__lte=Now()
    ).order_by("pk")
    for run in waiting[:1]:
        announce(run)


class Dispatcher:
    """Publishes what is due and reaps what is dead. Of any number of copies, one at a time is at work."""

    def __init__(self) -> None:
        self._queues = frozenset(QUEUES)
        self._looked = 0.0
        self._reaped = 0.0
        self._figured = 0.0

    def work(self) -> bool:
        """Whether there may be more at once. Raises django.db.Error, kombu's OperationalError, OSError."""
        if time.monotonic() - self._reaped >= settings.LEASE.total_seconds() / 20:
            self._reaped = time.monotonic()
            with transaction.atomic():
                if it_is_our_turn():
                    Run.objects.reap()
        Run.objects.wake()
        has_more = publish_due(self._all_queues()) > 0
        self._keep_figures()
        return has_more

    def _keep_figures(self) -> None:
        """Last, and seldom: nobody waits for them, and a busy day takes a part of a second."""
        if time.monotonic() - self._figured >= FIGURES_EVERY:
            self._figured = time.monotonic()
            figures.keep_up()

    def _all_queues(self) -> Iterable[str]:
        """Those of the catalog, and any other that a caller has named."""
        if time.monotonic() - self._looked >= LOOK_EVERY:
            named = Run.objects.filter(finished_at=None).values_list("queue", flat=True).distinct()
            self._queues = frozenset(QUEUES) | frozenset(named)
            self._looked = time.monotonic()
        return self._queues - set(Queue.objects.paused())


def it_is_our_turn() -> bool:
    """Whether no other dispatcher is at the same in this moment; to be asked in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        _, has_it = cursor.fetchone()
    return bool(has_it)


def publish_due(queues: Iterable[str]) -> int:
    """Top up those queues with what is due and was not published lately."""
    with current_app.connection_for_write() as broker:
        # Declaring a queue that is there changes nothing, and answers how many messages it holds.
        depths = {name: broker.default_channel.queue_declare(name).message_count for name in queues}
    return sum(_top_up(name, HIGH - depth) for name, depth in depths.items() if depth < LOW)


def _top_up(queue: str, most: int) -> int:
    due = _taken(queue, most)
    sent = 0
    try:
        for run in due:
            publish(run)
            sent += 1
    finally:
        if sent < len(due):
            Run.objects.filter(pk__in=[run.pk for run in due[sent:]]).update(publish_after=Now())
    return len(due)


def _taken(queue: str, most: int) -> list[Run]:
    """What is due, so that nobody else publishes it in the next seconds."""
    again = timedelta(seconds=settings.REPUBLISH_AFTER_SECONDS)
    with transaction.atomic():
        if not it_is_our_turn():
            return []
        due = list(
            Run.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(finished_at=None, queue=queue, publish_after__lte=Now())
            .filter(state=State.QUEUED, awaits="", not_before__lte=Now())
            .only("job", "queue", "priority")
            .order_by("publish_after")[:most]
        )
        Run.objects.filter(pk__in=[run.pk for run in due]).update(publish_after=Now() + again)
    return due

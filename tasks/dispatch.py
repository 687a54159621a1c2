"""From the rows to the broker: publish on commit, and again what is due and was not taken."""

import logging
import time
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from jobs.models.run import Run
from jobs.models.state import State

log = logging.getLogger(__name__)

BATCH = 500
AGAIN_AFTER = timedelta(seconds=60)  # once published, so long until the message is taken for lost
REST_AFTER_ERROR = 5.0  # seconds in which no caller waits for a broker that just did not answer

_rest_until = 0.0


def announce(run: Run) -> None:
    """Publish a run that is due; where the broker is away, the dispatcher does it later. Never raises."""
    global _rest_until
    if run.not_before_in_future or time.monotonic() < _rest_until:
        return
    try:
        publish(run)
    except (OperationalError, OSError) as error:
        _rest_until = time.monotonic() + REST_AFTER_ERROR
        log.warning(
            "Run %s is accepted; the broker cannot be reached (%s), so it starts later", run.pk, error
        )


def publish(run: Run) -> None:
    """Send the run's id to its queue. Raises kombu's OperationalError."""
    current_app.send_task(
        run.job, task_id=str(run.pk), queue=run.queue, priority=run.priority, retry=False, ignore_result=True
    )


def publish_due() -> int:
    """Publish what is due and was not published lately; any number of copies may do so."""
    with transaction.atomic():
        due = list(
            Run.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(Q(finished_at=None), state=State.QUEUED, publish_after__lte=Now(), not_before__lte=Now())
            .order_by("publish_after")[:BATCH]
        )
        Run.objects.filter(pk__in=[run.pk for run in due]).update(publish_after=Now() + AGAIN_AFTER)
    for run in due:
        publish(run)
    return len(due)

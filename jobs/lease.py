"""The lease of a run at a terminal: a thread of its process renews it, as a worker's parent does."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, connection

from jobs.models.run import Run

KILLED = 137  # the exit status that a shell gives to what was killed

log = logging.getLogger(__name__)


def renew_every() -> float:
    """Seconds: four times a lease, and often enough that a kill is prompt."""
    return min(5.0, settings.LEASE.total_seconds() / 4)


@contextmanager
def kept_lease(run: Run) -> Iterator[None]:
    """For the time of the block."""
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(run, ended), name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _keep(run: Run, ended: threading.Event) -> None:
    try:
        while not ended.wait(renew_every()):
            _renew(run)
    finally:
        connection.close()


def _renew(run: Run) -> None:
    try:
        for renewed in Run.objects.renew([str(run.pk)], worker=run.worker):
            if renewed.must_die:
                Run.objects.lose([str(run.pk)], worker=run.worker)
                os._exit(KILLED)
    except Error as error:
        # Should it stay away for too long, the next write of the attempt says so.
        log.warning("The lease of run %s could not be renewed: %s", run.pk, error)
        connection.close()

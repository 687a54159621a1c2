"""`celery -A tests.faults.dying_beat`: it kills itself with a slot and its run written, and not committed."""

import os
import signal
from importlib import import_module
from typing import Any

import django

from project.celery import app

__all__ = ["app"]

django.setup()
ledger = import_module("tasks.ledger")
enqueue = ledger.enqueue


def enqueue_and_die(*args: Any, **options: Any) -> None:
    enqueue(*args, **options)
    os.kill(os.getpid(), signal.SIGKILL)


ledger.enqueue = enqueue_and_die

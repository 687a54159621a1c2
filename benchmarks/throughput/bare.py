"""Celery as it comes: its defaults, no result backend, and a task that does nothing but say when it began."""

import os

from celery import Celery

from benchmarks.throughput import starts

app = Celery("bare", broker=os.environ["THROUGHPUT_BROKER"])


@app.task  # type: ignore[untyped-decorator] # it has no annotations
def nothing() -> None:
    starts.record()

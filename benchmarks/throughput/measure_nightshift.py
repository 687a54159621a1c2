"""One round of our service: `python -m benchmarks.throughput.measure_nightshift --tasks N`."""

from collections.abc import Iterator

import django
from django.apps import apps
from django.db import connection

from benchmarks.throughput.measurement import Contestant, main
from project.celery import app

JOBS = "benchmarks.throughput.jobs"
WORKER = [
    *("-A", "project", "worker", "--queues", "default,bulk", "--concurrency", "2"),
    *("--without-mingle", "--without-gossip", "--loglevel", "INFO", "--include", JOBS),
]


def contestant() -> Contestant:
    app.loader.import_task_module(JOBS)
    runs = apps.get_model("jobs", "Run").objects

    def problems(tasks: int) -> Iterator[str]:
        if (succeeded := runs.filter(state="succeeded").count()) != tasks:
            yield f"{tasks} runs were enqueued, and {succeeded} have succeeded"
        if (written := runs.count()) != tasks:
            yield f"{tasks} runs were enqueued, and {written} are written"

    return Contestant(
        worker=WORKER,
        send=app.tasks["nothing"].delay,
        unfinished=runs.filter(finished_at=None).count,
        problems=problems,
    )


def empty_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_run CASCADE")
        cursor.execute("CHECKPOINT")


if __name__ == "__main__":
    django.setup()
    empty_tables()
    main(contestant())

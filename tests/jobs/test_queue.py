"""The way into the queue."""

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from jobs import catalog, queue
from jobs.exceptions import OverlapRefused, WrongParameters
from jobs.models import Run
from jobs.models.run import Origin
from jobs.queue import enqueue


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    runs: list[Run] = []
    monkeypatch.setattr(queue, "announce", runs.append)
    return runs


@pytest.mark.django_db(transaction=True)
def test_a_run_is_announced_after_the_commit_and_not_before(announced: list[Run]) -> None:
    with transaction.atomic():
        run = enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE)
        before = list(announced)

    assert (before, announced) == ([], [run])


@pytest.mark.django_db(transaction=True)
def test_a_caller_that_rolls_back_leaves_nothing(announced: list[Run]) -> None:
    with transaction.atomic():
        enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE)
        transaction.set_rollback(True)

    assert (Run.objects.count(), announced) == (0, [])


@pytest.mark.django_db
def test_wrong_parameters_write_nothing(announced: list[Run]) -> None:
    with pytest.raises(WrongParameters):
        enqueue(catalog.GREET, {"nam": "Bob"}, origin=Origin.CODE)

    assert Run.objects.count() == 0


@pytest.mark.django_db
def test_the_run_takes_queue_and_priority_from_its_job() -> None:
    run = enqueue(catalog.IMPORT_PRODUCTS, {"path": "a.csv"}, origin=Origin.API)

    assert (run.queue, run.priority, run.origin, run.state) == ("bulk", 5, "api", "queued")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_refused_where_a_job_skips_overlaps(announced: list[Run]) -> None:
    outcomes: list[Any] = []
    together = threading.Barrier(2)

    def start() -> None:
        together.wait()
        try:
            outcomes.append(enqueue(catalog.CLEANUP_RUNS, {}, origin=Origin.CODE))
        except OverlapRefused as refused:
            outcomes.append(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["OverlapRefused", "Run"]
    assert Run.objects.count() == 1
    connection.close()

"""The way into the queue."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection, transaction

from jobs import catalog, queue
from jobs.exceptions import KeyRefused, OverlapRefused, WrongParameters
from jobs.job import Job, Overlap
from jobs.models import Run
from jobs.models.run import Origin
from jobs.models.state import State
from jobs.queue import enqueue
from jobs.services.greetings import greet
from tests.jobs.claimed import at_once
from tests.jobs.declared import do_everything
from tests.nodes.waiting import wait_until


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


@pytest.mark.django_db(transaction=True)
def test_a_caller_without_a_transaction_needs_one_statement(
    announced: list[Run], django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    with django_assert_num_queries(1):
        run = enqueue(catalog.GREET, {"name": "Ada"}, origin=Origin.CODE)

    assert (announced, Run.objects.get()) == ([run], run)


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
    outcomes = at_once(lambda: enqueue(catalog.CLEANUP_RUNS, {}, origin=Origin.CODE), times=2)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["OverlapRefused", "Run"]
    assert Run.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.PAUSED])
def test_what_is_paused_is_in_the_way_of_the_next_too(state: State) -> None:
    active = Run.objects.create(job="cleanup_runs", lane="cleanup_runs", state=state)

    with pytest.raises(OverlapRefused, match=str(active.pk)):
        enqueue(catalog.CLEANUP_RUNS, {}, origin=Origin.CODE)


@pytest.mark.django_db
def test_what_is_over_is_in_nobodys_way() -> None:
    Run.objects.create(job="cleanup_runs", lane="cleanup_runs", state=State.SUCCEEDED)

    assert enqueue(catalog.CLEANUP_RUNS, {}, origin=Origin.CODE).state == State.QUEUED


@pytest.mark.django_db
def test_overlaps_are_looked_for_in_the_same_lane() -> None:
    job = Job(function=greet, overlap=Overlap.SKIP, overlap_by=("name",))
    enqueue(job, {"name": "Ada"}, origin=Origin.CODE)

    assert enqueue(job, {"name": "Bob"}, origin=Origin.CODE).lane == 'greet ["Bob"]'
    with pytest.raises(OverlapRefused):
        enqueue(job, {"name": "Ada", "times": 2}, origin=Origin.CODE)


@pytest.mark.django_db(transaction=True)
def test_the_same_key_is_the_same_run(announced: list[Run]) -> None:
    first = enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE, key="order 7")
    second = enqueue(catalog.GREET, {"name": "Bob", "times": "1"}, origin=Origin.API, key="order 7")

    assert (second, Run.objects.count(), announced) == (first, 1, [first])


@pytest.mark.django_db
def test_a_key_belongs_to_its_run_when_that_is_over_too() -> None:
    first = enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE, key="order 7")
    Run.objects.filter(pk=first.pk).cancel()

    assert enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE, key="order 7") == first


@pytest.mark.django_db
def test_a_key_with_other_parameters_is_refused() -> None:
    first = enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE, key="order 7")

    with pytest.raises(KeyRefused, match=f"The key 'order 7' belongs to run {first.pk} of greet"):
        enqueue(catalog.GREET, {"name": "Ada"}, origin=Origin.CODE, key="order 7")

    assert Run.objects.count() == 1


@pytest.mark.django_db
def test_a_secret_among_the_parameters_is_the_same_secret() -> None:
    job = Job(function=do_everything)
    first = enqueue(job, {"text": "a", "password": "hunter2"}, origin=Origin.CODE, key="k")

    assert enqueue(job, {"text": "a", "password": "hunter2"}, origin=Origin.CODE, key="k") == first
    with pytest.raises(KeyRefused):
        enqueue(job, {"text": "a", "password": "hunter3"}, origin=Origin.CODE, key="k")


@pytest.mark.django_db
def test_keys_of_two_jobs_have_nothing_to_do_with_each_other_and_no_key_is_none() -> None:
    for _ in range(2):
        enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE)
    enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE, key="k")
    enqueue(catalog.IMPORT_PRODUCTS, {"path": "a.csv"}, origin=Origin.CODE, key="k")

    assert Run.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_with_the_same_key_there_is_one_run(announced: list[Run]) -> None:
    runs = at_once(
        lambda: enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE, key="order 7"), times=5
    )

    assert set(runs) == {Run.objects.get()}
    assert len(announced) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_the_same_key_neither_is_refused_for_the_other(announced: list[Run]) -> None:
    def start() -> Run:
        return enqueue(catalog.CLEANUP_RUNS, {}, origin=Origin.CODE, key="tonight")

    outcomes: list[Any] = []
    other = threading.Thread(target=lambda: outcomes.extend(at_once(start, times=1)))
    with transaction.atomic():
        first = start()
        other.start()
        wait_until(somebody_waits, about="the other waits for this transaction")
    other.join()

    assert outcomes == [first]


@pytest.mark.django_db(transaction=True)
def test_a_caller_with_a_known_key_can_go_on_in_its_transaction(announced: list[Run]) -> None:
    enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE, key="k")

    with transaction.atomic():
        enqueue(catalog.GREET, {"name": "Bob"}, origin=Origin.CODE, key="k")
        enqueue(catalog.GREET, {"name": "Ada"}, origin=Origin.CODE)

    assert Run.objects.count() == 2


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        (count,) = cursor.fetchone()
    return bool(count)

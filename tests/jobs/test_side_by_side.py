"""Parts of a run that are done at the same time."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from jobs.exceptions import LeaseLost, StopReason, StopRequested
from jobs.log import LogCapture, captured_log
from jobs.models import Run
from jobs.models.state import State
from jobs.progress import Part, Progress, silent
from jobs.recording import RecordedProgress
from jobs.side_by_side import LentProgress
from tests.jobs.claimed import claim, expire, fresh, make_due, running

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = range(12)
PARTS = (ITEMS[:6], ITEMS[6:])


class Failed(Exception):
    pass


@pytest.fixture(autouse=True)
def effects(transactional_db: None) -> Iterator[None]:
    """A table without a unique key: what takes effect twice is seen."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_walked (item int NOT NULL, session int DEFAULT pg_backend_pid())")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tests_walked")


@pytest.fixture
def progress() -> RecordedProgress:
    return RecordedProgress(running(), LogCapture())


def again(run: Run) -> RecordedProgress:
    """The next attempt, after the last was lost."""
    expire(run)
    Run.objects.reap()
    make_due(run)
    claimed = claim(run)
    assert claimed is not None
    return RecordedProgress(claimed, LogCapture())


def part_of(items: range, *, fail_at: int | None = None, together: threading.Barrier | None = None) -> Part:
    def part(progress: Progress, counts: Counter[str]) -> None:
        for (item,) in progress.batches(items, 1, step=f"from {items.start}"):
            if together:
                together.wait(10)
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO tests_walked (item) VALUES (%s)", [item])
            counts["items"] += 1
            if item == fail_at:
                raise Failed

    return part


def walk(progress: Progress, counts: Counter[str], **options: Any) -> None:
    progress.side_by_side([part_of(items, **options) for items in PARTS], counts)


def found() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT item, session FROM tests_walked ORDER BY item")
        return cursor.fetchall()


def items_found() -> list[int]:
    return [item for item, _ in found()]


def sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_each_has_a_transaction_of_its_own_and_all_is_counted(progress: RecordedProgress) -> None:
    before = sessions()

    # Each batch waits for one of the other part, so both have to be open at the same time.
    walk(progress, progress.counts(), together=threading.Barrier(2))

    run = fresh(progress.run)
    assert items_found() == [*ITEMS]
    assert len({session for _, session in found()}) == len(PARTS)
    assert (run.done, run.total, run.counters) == (12, 12, {"items": 12})
    assert progress.counts() == {"items": 12}
    assert run.cursor == {"from 0": {"at": 6, "done": 6}, "from 6": {"at": 6, "done": 6}}
    assert sessions() == before


@pytest.mark.parametrize("fail_at", [0, 3, 6, 11])
def test_an_error_of_one_is_raised_and_the_next_attempt_goes_on_in_both(
    progress: RecordedProgress, fail_at: int
) -> None:
    with pytest.raises(Failed):
        walk(progress, progress.counts(), fail_at=fail_at)
    assert fresh(progress.run).counters.get("items", 0) == len(items_found()) < len(ITEMS)

    following = again(progress.run)
    walk(following, following.counts())

    assert items_found() == [*ITEMS]
    assert fresh(progress.run).counters == {"items": 12}


def test_when_one_fails_the_other_stops_at_its_next_batch(progress: RecordedProgress) -> None:
    has_failed = threading.Event()

    def failing(progress: Progress, counts: Counter[str]) -> None:
        has_failed.set()
        raise Failed

    def walking(progress: Progress, counts: Counter[str]) -> None:
        has_failed.wait(10)
        while True:
            part_of(ITEMS)(progress, counts)

    with pytest.raises(Failed):
        progress.side_by_side([walking, failing], progress.counts())


def test_a_lost_lease_lets_no_part_commit(progress: RecordedProgress) -> None:
    following = again(progress.run)

    with pytest.raises(LeaseLost):
        walk(progress, progress.counts())

    assert (items_found(), progress.counts(), following.counts()) == ([], {}, {})


@pytest.mark.parametrize(("verb", "reason"), [("cancel", StopReason.CANCELLED), ("pause", StopReason.PAUSED)])
def test_a_wish_stops_all_at_a_checkpoint(progress: RecordedProgress, verb: str, reason: StopReason) -> None:
    def wishing(part: Progress, counts: Counter[str]) -> None:
        getattr(Run.objects.filter(pk=progress.run.pk), verb)()
        for _ in part.batches(range(99), 1, step="wishing"):
            counts["items"] += 1

    with pytest.raises(StopRequested) as stop:
        progress.side_by_side([part_of(range(2_000)), wishing], progress.counts())

    run = fresh(progress.run)
    assert stop.value.reason == reason
    wished = (run.cursor or {}).get("wishing", {"done": 0})["done"]
    assert run.counters.get("items", 0) == len(items_found()) + wished < 2_000


def test_what_a_part_logs_is_in_the_log_of_the_run() -> None:
    def logging_part(progress: Progress, counts: Counter[str]) -> None:
        logging.getLogger(__name__).warning("In %s", threading.current_thread() is threading.main_thread())

    with captured_log() as log:
        progress = RecordedProgress(running(), log)
        progress.side_by_side([logging_part, logging_part], progress.counts())

    assert ("In True" in log.text(), "In False" in log.text()) == (True, True)


def test_the_session_of_a_part_is_ended_with_its_attempt(progress: RecordedProgress) -> None:
    names = set()

    def naming(progress: Progress, counts: Counter[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW application_name")
            names.add(cursor.fetchone())

    progress.side_by_side([naming, naming], progress.counts())

    assert names == {(f"nightshift {progress.run.pk} {progress.run.attempt}",)}


def test_inside_a_transaction_of_the_caller_one_is_done_after_the_other(progress: RecordedProgress) -> None:
    with transaction.atomic():
        walk(progress, progress.counts())
        transaction.set_rollback(True)

    assert items_found() == []


def test_without_a_record_one_is_done_after_the_other() -> None:
    counts = Counter[str]()

    walk(silent, counts)

    assert (items_found(), counts) == ([*ITEMS], {"items": 12})


def test_an_interruption_while_the_others_are_waited_for_stops_them(
    progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def endless(progress: Progress, counts: Counter[str]) -> None:
        while True:
            begun.set()
            progress.update()

    def brief(progress: Progress, counts: Counter[str]) -> None:
        begun.wait(10)
        monkeypatch.setattr(threading.Thread, "join", interrupted)

    def interrupted(thread: threading.Thread, timeout: float | None = None) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        progress.side_by_side([brief, endless], progress.counts())


def test_an_interruption_behind_a_commit_keeps_no_other_part_waiting(
    progress: RecordedProgress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: LentProgress, done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LentProgress, "_after_batch", interrupted)

    with pytest.raises(KeyboardInterrupt):
        walk(progress, progress.counts())

    assert fresh(progress.run).counters == {"items": len(items_found())}


def test_a_part_calls_no_jobs(progress: RecordedProgress) -> None:
    def calling(progress: Progress, counts: Counter[str]) -> None:
        progress.run_jobs([])

    with pytest.raises(RuntimeError, match="A part of a run calls no jobs"):
        progress.side_by_side([calling, calling], progress.counts())

    assert fresh(progress.run).state == State.RUNNING

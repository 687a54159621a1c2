"""Progress that is written to the run, and batches that go on where they were."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jobs import recording
from jobs.exceptions import LeaseLost, StopReason, StopRequested
from jobs.log import LogCapture
from jobs.models import Artifact, Run, run_queryset
from jobs.models.state import State
from jobs.models.temp_file import TempFile
from jobs.recording import RecordedProgress
from tests.jobs.claimed import END_NO_SESSIONS, at_once, claim, expire, fresh, running

ITEMS = range(7)
SIZE = 2
BATCHES = 4


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its only item is the time."""
    now = [1_000.0]
    monkeypatch.setattr(recording.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def progress(settings: Any, tmp_path: Path, db: None) -> RecordedProgress:
    settings.ARTIFACTS = tmp_path
    return recorded(running())


@pytest.fixture
def effects(db: None) -> Iterator[None]:
    """A table without a unique key: what takes effect twice is seen."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_walked (number serial, item text NOT NULL)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tests_walked")


def recorded(run: Run, **options: Any) -> RecordedProgress:
    return RecordedProgress(run, LogCapture(), **options)


def again(run: Run, **options: Any) -> RecordedProgress:
    """The next attempt, after the last was lost."""
    expire(run)
    Run.objects.reap()
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, not_before=run.created_at or run.started_at)
    claimed = claim(run)
    assert claimed is not None
    return recorded(claimed, **options)


def have_effects(items: Any) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO tests_walked (item) VALUES (%s)", [[str(item)] for item in items])


def had_effects() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT item FROM tests_walked ORDER BY number")
        return [item for (item,) in cursor.fetchall()]


def walk_while(progress: RecordedProgress, happens: Callable[[int], object]) -> None:
    """Have each item's effect; then something happens in the batch of that number."""
    for number, batch in enumerate(progress.batches(ITEMS, SIZE)):
        have_effects(batch)
        happens(number)


def walk(progress: RecordedProgress, *, fail_in: int | None = None, fail_after: bool = False) -> None:
    """Have each item's effect, and count it; raise in that batch, before or after its effects."""
    for number, batch in enumerate(progress.batches(ITEMS, SIZE)):
        if number == fail_in and not fail_after:
            raise OSError("cut off")
        have_effects(batch)
        progress.counts()["items"] += len(batch)
        if number == fail_in:
            raise OSError("cut off")


def written(progress: RecordedProgress) -> int:
    return fresh(progress.run).done


@pytest.mark.django_db(transaction=True)
def test_the_row_is_written_at_most_twice_a_second(progress: RecordedProgress, clock: list[float]) -> None:
    seen = []
    for done, now in ((1, 1_000.0), (2, 1_000.2), (3, 1_000.6)):
        clock[0] = now
        progress.update(done, total=9)
        seen.append(written(progress))

    assert seen == [1, 1, 3]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("verb", "reason"),
    [("cancel", StopReason.CANCELLED), ("kill", StopReason.CANCELLED), ("pause", StopReason.PAUSED)],
)
def test_a_wish_is_seen_at_the_next_write(
    progress: RecordedProgress, clock: list[float], verb: str, reason: StopReason
) -> None:
    progress.update(1)
    getattr(Run.objects.filter(pk=progress.run.pk), verb)()
    clock[0] += 1

    with pytest.raises(StopRequested) as stop:
        progress.update(2)

    assert stop.value.reason == reason


@pytest.mark.django_db
def test_a_signal_is_seen_at_once(progress: RecordedProgress) -> None:
    progress.stopping.set()

    with pytest.raises(StopRequested) as stop:
        progress.update(1)

    assert stop.value.reason == StopReason.INTERRUPTED


@pytest.mark.django_db
def test_a_worker_that_is_to_stop_is_seen_at_once() -> None:
    with pytest.raises(StopRequested) as stop:
        recorded(running(), must_yield=lambda: True).update(1)

    assert stop.value.reason == StopReason.YIELDED


@pytest.mark.django_db
def test_inside_a_transaction_of_the_job_nothing_is_written(progress: RecordedProgress) -> None:
    progress.update(5)

    assert written(progress) == 0


@pytest.mark.django_db(transaction=True)
def test_an_attempt_that_is_over_hears_so_at_its_next_write(progress: RecordedProgress) -> None:
    again(progress.run)

    with pytest.raises(LeaseLost):
        progress.update(1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
@pytest.mark.parametrize("fail_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fail_in", range(BATCHES))
def test_each_item_takes_effect_once_wherever_a_walk_is_cut_off(fail_in: int, fail_after: bool) -> None:
    first = recorded(running())
    with pytest.raises(OSError, match="cut off"):
        walk(first, fail_in=fail_in, fail_after=fail_after)
    assert had_effects() == [str(item) for item in ITEMS[: fail_in * SIZE]]

    second = again(first.run)
    walk(second)

    assert had_effects() == [str(item) for item in ITEMS]
    assert (second.counts()["items"], second.done, second.total) == (7, 7, 7)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_a_walk_that_is_cut_off_again_and_again_gets_to_its_end() -> None:
    progress = recorded(running())
    for _ in range(BATCHES - 1):
        with pytest.raises(OSError, match="cut off"):
            walk(progress, fail_in=1)
        progress = again(progress.run)

    walk(progress)

    assert had_effects() == [str(item) for item in ITEMS]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_place_counts_and_progress_are_kept_with_each_batch(progress: RecordedProgress) -> None:
    seen = []
    for batch in progress.batches(ITEMS, SIZE, step="items"):
        row = fresh(progress.run)
        seen.append((row.cursor, row.counters, row.done))
        progress.counts()["items"] += len(batch)

    assert seen[0] == (None, {}, 0)
    assert seen[2] == ({"items": {"at": 4, "done": 4}}, {"items": 4}, 4)
    assert fresh(progress.run).cursor == {"items": {"at": 7, "done": 7}}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_a_batch_that_is_left_by_break_is_rolled_back(progress: RecordedProgress) -> None:
    for batch in progress.batches(ITEMS, SIZE):
        have_effects(batch)
        if 2 in batch:
            break

    assert (had_effects(), fresh(progress.run).done) == (["0", "1"], 2)
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_what_a_batch_counted_is_forgotten_with_it(progress: RecordedProgress) -> None:
    for batch in progress.batches(ITEMS, SIZE):
        have_effects(batch)
        progress.counts()["items"] += len(batch)
        if 2 in batch:
            break

    assert progress.counts()["items"] == len(had_effects())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_two_walks_of_a_job_have_places_of_their_own() -> None:
    first = recorded(running())
    for batch in first.batches("ab", 1, step="letters"):
        have_effects(batch)
    for batch in first.batches("123", 1, step="figures"):
        have_effects(batch)
        if batch == ["2"]:
            break

    second = again(first.run)
    for batch in second.batches("ab", 1, step="letters"):
        have_effects(batch)
    for batch in second.batches("123", 1, step="figures"):
        have_effects(batch)

    assert had_effects() == ["a", "b", "1", "2", "3"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_a_walk_in_the_batch_of_another_is_committed_or_rolled_back_with_it() -> None:
    def nested(progress: RecordedProgress, fail_at: str = "") -> None:
        for letters in progress.batches("ab", 1, step="letters"):
            for figures in progress.batches("12", 1, step=f"figures of {letters[0]}"):
                have_effects([letters[0] + figures[0]])
                if letters[0] + figures[0] == fail_at:
                    raise OSError("cut off")

    first = recorded(running())
    with pytest.raises(OSError, match="cut off"):
        nested(first, fail_at="b2")
    kept = had_effects()

    nested(again(first.run))

    assert (kept, had_effects()) == (["a1", "a2"], ["a1", "a2", "b1", "b2"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_a_walk_that_is_restarted_begins_anew() -> None:
    first = recorded(running())
    walk(first)

    second = again(first.run)
    second.restart("batches")
    walk(second)

    assert had_effects() == [str(item) for item in [*ITEMS, *ITEMS]]


@pytest.mark.django_db(transaction=True)
def test_rows_are_walked_on_by_key() -> None:
    for number in range(5):
        TempFile.objects.create(name=f"group {number}")
    first = recorded(running())
    seen = []
    for batch in first.batches(TempFile.objects.all(), 2):
        seen += [row.name for row in batch]
        if len(seen) == 4:
            seen = seen[:2]
            break

    TempFile.objects.filter(name__lt="group 2").delete()
    for batch in again(first.run).batches(TempFile.objects.all(), 2):
        seen += [row.name for row in batch]

    assert seen == [f"group {number}" for number in range(5)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda runs: runs.pause(), StopReason.PAUSED),
        (lambda runs: runs.cancel(), StopReason.CANCELLED),
        (lambda runs: runs.kill(), StopReason.CANCELLED),
    ],
    ids=["pause", "cancel", "kill"],
)
def test_what_is_wished_in_a_batch_is_obeyed_behind_it(ask: Callable[[Any], int], reason: StopReason) -> None:
    progress = recorded(running())
    these = Run.objects.filter(pk=progress.run.pk)

    with pytest.raises(StopRequested) as stop:
        # From another connection: in this one it would be a part of the batch.
        walk_while(progress, lambda number: with_another_connection(lambda: ask(these)))

    assert (stop.value.reason, had_effects(), fresh(progress.run).done) == (reason, ["0", "1"], 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_a_worker_that_is_to_stop_stops_behind_the_batch() -> None:
    is_told: list[bool] = []
    progress = recorded(running(), must_yield=lambda: bool(is_told))

    with pytest.raises(StopRequested) as stop:
        walk_while(progress, lambda number: is_told.append(True))

    assert (stop.value.reason, had_effects()) == (StopReason.YIELDED, ["0", "1"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_a_batch_of_an_attempt_that_is_over_is_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_queryset, "END_SESSIONS", END_NO_SESSIONS)
    stale = recorded(running())

    with pytest.raises(LeaseLost):
        walk_while(stale, lambda number: number == 1 and with_another_connection(lambda: again(stale.run)))

    assert (had_effects(), fresh(stale.run).attempt, fresh(stale.run).done) == (["0", "1"], 2, 2)
    walk(recorded_now(stale.run))
    assert had_effects() == [str(item) for item in ITEMS]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_a_walk_that_an_error_has_left_open_is_closed(progress: RecordedProgress) -> None:
    walk = progress.batches(ITEMS, SIZE)
    have_effects(next(walk))

    progress.close()

    assert (connection.in_atomic_block, had_effects()) == (False, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("effects")
def test_walks_that_an_error_has_left_open_are_all_closed(progress: RecordedProgress) -> None:
    outer = progress.batches("ab", 1, step="letters")
    have_effects(next(outer))
    inner = progress.batches("12", 1, step="figures")
    have_effects(next(inner))

    progress.close()

    is_open = connection.in_atomic_block
    inner.close()
    outer.close()
    assert not is_open


@pytest.mark.django_db
def test_the_key_is_that_of_the_run(progress: RecordedProgress) -> None:
    assert uuid.UUID(progress.key) == progress.run.pk


@pytest.mark.django_db
def test_a_file_is_kept_with_its_size(progress: RecordedProgress) -> None:
    with progress.artifact("report.csv") as path:
        path.write_text("12345")

    artifact = Artifact.objects.get()
    assert (artifact.name, artifact.size, artifact.path.read_text()) == ("report.csv", 5, "12345")


@pytest.mark.django_db
def test_the_file_of_the_last_attempt_is_kept(progress: RecordedProgress) -> None:
    for text in ("first", "the second"):
        with progress.artifact("report.csv") as path:
            path.write_text(text)

    assert (Artifact.objects.get().size, Artifact.objects.get().path.read_text()) == (10, "the second")


@pytest.mark.django_db
def test_a_block_that_fails_keeps_no_file(progress: RecordedProgress, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), progress.artifact("report.csv") as path:
        (path.write_text("half"), path.parent.write_text("no file"))

    assert not Artifact.objects.exists()
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


@pytest.mark.django_db
def test_a_block_that_writes_nothing_keeps_no_file(progress: RecordedProgress) -> None:
    with progress.artifact("report.csv"):
        pass

    assert not Artifact.objects.exists()


def with_another_connection(call: Callable[[], Any]) -> None:
    (outcome,) = at_once(call, times=1)
    assert not isinstance(outcome, Exception), outcome


def recorded_now(run: Run) -> RecordedProgress:
    """The progress of whichever attempt is running."""
    return recorded(fresh(run))

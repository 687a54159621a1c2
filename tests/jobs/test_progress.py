"""Progress outside a run."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.exceptions import StopReason, StopRequested
from jobs.models.temp_file import TempFile
from jobs.progress import Progress, silent, track


class Counting(Progress):
    def __init__(self) -> None:
        self.seen: list[tuple[int, int | None]] = []

    def update(
        self, done: int | None = None, *, total: int | None = None, message: str | None = None
    ) -> None:
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total
        self.seen.append((self.done, self.total))


def test_track_counts_each_item_after_it_was_worked_on() -> None:
    progress = Counting()

    items = [(item, progress.done) for item in track("ab", progress)]

    assert items == [("a", 0), ("b", 1)]
    assert progress.seen == [(0, 2), (1, 2), (2, 2)]


def test_track_does_not_know_the_total_of_a_stream() -> None:
    def stream() -> Iterator[int]:
        yield 1

    progress = Counting()

    list(track(stream(), progress))

    assert progress.seen == [(0, None), (1, None)]


def test_silent_progress_gives_a_place_to_write_that_is_gone_afterwards() -> None:
    with silent.artifact("rejected.csv") as path:
        path.write_text("line,reason\n")

    assert isinstance(path, Path)
    assert not path.exists()


def test_silent_progress_passes_errors_on() -> None:
    with pytest.raises(ValueError, match="no"), silent.artifact("rejected.csv"):
        raise ValueError("no")


@pytest.mark.django_db
def test_outside_a_run_batches_are_batches() -> None:
    progress = Counting()

    batches = list(progress.batches("abcde", 2))

    assert batches == [["a", "b"], ["c", "d"], ["e"]]
    assert (progress.seen[0], progress.seen[-1]) == ((0, 5), (5, 5))


@pytest.mark.django_db(transaction=True)
def test_outside_a_run_each_batch_is_a_transaction_too() -> None:
    def fail_in_the_second() -> None:
        for number, _ in enumerate(silent.batches(range(4), 2)):
            TempFile.objects.create(name=f"batch {number}")
            if number == 1:
                raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail_in_the_second()

    assert list(TempFile.objects.values_list("name", flat=True)) == ["batch 0"]


@pytest.mark.django_db
def test_outside_a_run_there_are_counts_and_a_key_that_nobody_else_has() -> None:
    counts = silent.counts()
    counts["new"] += 1

    assert (counts["new"], silent.counts()["new"]) == (1, 0)
    assert silent.key != silent.key


@pytest.mark.django_db
def test_the_total_of_a_stream_is_known_at_its_end() -> None:
    progress = Counting()

    list(progress.batches(iter("abc"), 2))

    assert (progress.seen[0], progress.seen[-1]) == ((0, None), (3, 3))


@pytest.mark.django_db
def test_batches_can_have_a_pause_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    progress, events = Counting(), []
    monkeypatch.setattr(progress, "rest", events.append)

    for batch in progress.batches("abcde", 2, pause=timedelta(seconds=9)):
        events.append("".join(batch))

    assert events == ["ab", timedelta(seconds=9), "cd", timedelta(seconds=9), "e"]


def test_a_rest_is_as_long_as_it_is_said_to_be() -> None:
    begin = time.monotonic()

    silent.rest(timedelta(seconds=0.15))

    assert 0.15 <= time.monotonic() - begin < 5


def test_a_rest_is_left_as_soon_as_the_run_is_to_stop() -> None:
    class Told(Progress):
        def update(self, *args: object, **options: object) -> None:
            raise StopRequested(StopReason.CANCELLED)

    begin = time.monotonic()
    with pytest.raises(StopRequested):
        Told().rest(timedelta(hours=1))

    assert time.monotonic() - begin < 5

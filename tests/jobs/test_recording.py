"""Progress that is written to the run."""

from pathlib import Path
from typing import Any

import pytest

from jobs import recording
from jobs.exceptions import StopReason, StopRequested
from jobs.log import LogCapture
from jobs.models import Artifact, Run
from jobs.recording import RecordedProgress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its only item is the time."""
    now = [1_000.0]
    monkeypatch.setattr(recording.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def progress(settings: Any, tmp_path: Path) -> RecordedProgress:
    settings.ARTIFACTS = tmp_path
    pk = Run.objects.create(job="greet").pk
    run = Run.objects.claim(pk, worker="tests", jobs=["greet"])
    assert run is not None
    return RecordedProgress(run, LogCapture())


def written(progress: RecordedProgress) -> int:
    return Run.objects.get(pk=progress.run.pk).done


@pytest.mark.django_db(transaction=True)
def test_the_row_is_written_at_most_twice_a_second(progress: RecordedProgress, clock: list[float]) -> None:
    seen = []
    for done, now in ((1, 1_000.0), (2, 1_000.2), (3, 1_000.6)):
        clock[0] = now
        progress.update(done, total=9)
        seen.append(written(progress))

    assert seen == [1, 1, 3]


@pytest.mark.django_db(transaction=True)
def test_a_cancel_is_seen_at_the_next_write(progress: RecordedProgress, clock: list[float]) -> None:
    progress.update(1)
    Run.objects.filter(pk=progress.run.pk).cancel()
    clock[0] += 1

    with pytest.raises(StopRequested) as stop:
        progress.update(2)

    assert stop.value.reason == StopReason.CANCELLED


@pytest.mark.django_db
def test_a_signal_is_seen_at_once(progress: RecordedProgress) -> None:
    progress.stopping.set()

    with pytest.raises(StopRequested) as stop:
        progress.update(1)

    assert stop.value.reason == StopReason.INTERRUPTED


@pytest.mark.django_db
def test_inside_a_transaction_of_the_job_nothing_is_written(progress: RecordedProgress) -> None:
    progress.update(5)

    assert written(progress) == 0


@pytest.mark.django_db
def test_a_file_is_kept_with_its_size(progress: RecordedProgress) -> None:
    with progress.artifact("report.csv") as path:
        path.write_text("12345")

    artifact = Artifact.objects.get()
    assert (artifact.name, artifact.size, artifact.path.read_text()) == ("report.csv", 5, "12345")


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

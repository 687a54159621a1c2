"""Large text files: counted once, in one go, in parts, or with an interruption."""

import os
from pathlib import Path

import pytest

from jobs import catalog
from jobs.exceptions import WrongInput
from jobs.foreground import run_here
from jobs.models import Run
from jobs.services import files
from jobs.services.files import FileReport, process_file

pytestmark = pytest.mark.django_db(transaction=True)
LINES = [b"two words", b"", b"  ", "\u00e9\u2713 \u00e0".encode(), b"\xff\xfe", b"windows\r", b"last"] * 50
WHOLE = FileReport(lines=350, blank=100, words=350, longest=9, undecodable=50, bytes=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "file.txt"
    file.write_bytes(b"\n".join(LINES))
    return file


def facts(report: FileReport) -> tuple[int, ...]:
    return (report.lines, report.blank, report.words, report.longest, report.undecodable)


def test_a_file_is_counted_to_its_last_byte(path: Path) -> None:
    report = process_file(path)

    assert facts(report) == facts(WHOLE)
    assert report.bytes == path.stat().st_size


@pytest.mark.parametrize("workers", [2, 7, 64])
def test_in_parts_it_is_the_same(path: Path, workers: int) -> None:
    assert process_file(path, workers=workers) == process_file(path)


def test_each_part_is_a_run_below(path: Path) -> None:
    run = run_here(catalog.PROCESS_FILE, {"path": str(path), "workers": 3})

    parts = Run.objects.filter(parent=run)
    assert (run.state, run.result["lines"], run.done, run.total) == (
        "succeeded",
        350,
        path.stat().st_size,
        path.stat().st_size,
    )
    assert sum(each.result["lines"] for each in parts) == 350
    assert (parts.count(), sum(each.done for each in parts)) == (3, path.stat().st_size)


def test_a_run_that_is_paused_goes_on_at_its_byte(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE", 100)
    plain, pieces = files._count, []

    def count(*given: object) -> None:
        plain(*given)
        pieces.append(given)
        if len(pieces) == 3:
            Run.objects.all().pause()

    monkeypatch.setattr(files, "_count", count)

    paused = run_here(catalog.PROCESS_FILE, {"path": str(path)})
    assert (paused.state, 0 < paused.done < path.stat().st_size) == ("paused", True)
    done = run_here(catalog.PROCESS_FILE, {}, resume=paused)

    assert done.result == vars(process_file(path))


def test_a_file_that_was_changed_meanwhile_is_not_gone_on_with(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PIECE", 100)
    plain = files._count

    def count(*given: object) -> None:
        plain(*given)
        Run.objects.all().pause()

    monkeypatch.setattr(files, "_count", count)
    paused = run_here(catalog.PROCESS_FILE, {"path": str(path)})
    os.utime(path, (1, 1))

    failed = run_here(catalog.PROCESS_FILE, {}, resume=paused)

    assert failed.error == "'file.txt' has changed since the work on it began; start a new run"


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"There is no file '.*none'; give the path of a text file"):
        process_file(tmp_path / "none")

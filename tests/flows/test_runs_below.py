"""Runs that wait for those below them, with one worker of two processes."""

from pathlib import Path

import pytest

from jobs.models.run import Run
from jobs.services.files import process_file
from tasks.files import process_file as process_file_task
from tasks.nightly import nightly
from tests.nodes.waiting import ended

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]


def below(run: Run) -> list[tuple[str, str]]:
    return list(Run.objects.filter(parent=run).order_by("pk").values_list("job", "state"))


def test_a_night_is_done_in_order_by_a_worker() -> None:
    result = nightly.delay(jobs=["cleanup_runs", "cleanup_runs"])

    run = ended(result.id, within=30)

    assert (run.state, below(run)) == ("succeeded", [("cleanup_runs", "succeeded")] * 2)
    assert [each.outcome for each in run.attempts.all()] == ["waiting", "waiting", "succeeded"]
    first, second = Run.objects.filter(parent=run).order_by("pk")
    assert first.finished_at <= second.started_at


def test_a_job_that_fails_fails_the_night() -> None:
    result = nightly.delay(jobs=["process_file", "cleanup_runs"], keep_going=True)

    run = ended(result.id, within=30)

    assert (run.state, below(run)) == ("failed", [("cleanup_runs", "succeeded")])
    assert run.error.startswith("process_file did not succeed; process_file needs 'path'")


def test_more_parts_than_processes_are_done_and_added_up(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_bytes(b"".join(b"line %d\n" % number for number in range(5_000)))

    run = ended(process_file_task.delay(path=str(path), workers=5).id, within=30)

    assert (run.state, run.result) == ("succeeded", vars(process_file(path)))
    assert below(run) == [("process_file", "succeeded")] * 5
    assert (run.done, run.total) == (path.stat().st_size, path.stat().st_size)

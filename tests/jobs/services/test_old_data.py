"""What was worth keeping for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from jobs import catalog
from jobs.exceptions import StopReason, StopRequested
from jobs.models.audit_log import AuditLog
from jobs.models.temp_file import TempFile
from jobs.progress import Progress
from jobs.services.old_data import OldDataReport, cleanup_old_data
from tests.jobs.services.interrupted import resumed_to_its_end

pytestmark = pytest.mark.django_db

OLD, YOUNG = 91, 89  # days ago, for the default of 90


@pytest.fixture(autouse=True)
def temp_files(settings: Any, tmp_path: Path) -> Path:
    settings.TEMP_FILES = tmp_path / "temp"
    settings.TEMP_FILES.mkdir()
    return Path(settings.TEMP_FILES)


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def log_entry(days: float, action: str = "login") -> AuditLog:
    return AuditLog.objects.create(action=action, created_at=days_ago(days))


def session(days: float, key: str) -> Session:
    return Session.objects.create(session_key=key, session_data="", expire_date=days_ago(days))


def temp_file(days: float, name: str) -> TempFile:
    file = TempFile.objects.create(name=name, created_at=days_ago(days))
    file.path.write_text("temporary")
    return file


@pytest.fixture
def data() -> None:
    for days, age in ((OLD, "old"), (YOUNG, "young")):
        log_entry(days, age)
        session(days, age)
        temp_file(days, age)


def left() -> tuple[list[str], list[str], list[str]]:
    return (
        list(AuditLog.objects.values_list("action", flat=True)),
        list(Session.objects.values_list("pk", flat=True)),
        list(TempFile.objects.values_list("name", flat=True)),
    )


def counts(report: OldDataReport) -> tuple[int, int, int, int, int]:
    return report.audit_logs, report.sessions, report.temp_files, report.files, report.refused


@pytest.mark.usefixtures("data")
def test_of_everything_the_old_goes_and_the_young_stays(
    temp_files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        report = cleanup_old_data()

    assert left() == (["young"], ["young"], ["young"])
    assert [path.name for path in temp_files.iterdir()] == ["young"]
    assert counts(report) == (1, 1, 1, 1, 0)


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("model", "places"),
    [("audit_logs", {0}), ("sessions", {1}), ("temp_files", {2, 3}), ("all", {0, 1, 2, 3})],
)
def test_one_model_is_cleaned_and_the_others_are_not(model: Any, places: set[int]) -> None:
    report = cleanup_old_data(model=model)

    assert {place for place, count in enumerate(counts(report)) if count} == places
    assert {place for place, rows in enumerate(left()) if "old" not in rows} == places - {3}


@pytest.mark.usefixtures("data")
def test_the_days_are_a_choice() -> None:
    assert counts(cleanup_old_data(days=88)) == (2, 2, 2, 2, 0)


@pytest.mark.usefixtures("data")
def test_a_dry_run_counts_the_same_and_deletes_nothing(
    temp_files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (temp_files.parent / "precious").write_text("precious")
    TempFile.objects.create(name="../precious", created_at=days_ago(OLD))
    before = left()

    with django_capture_on_commit_callbacks(execute=True):
        report = cleanup_old_data(dry_run=True)

    assert (counts(report), left(), len(list(temp_files.iterdir()))) == ((1, 1, 1, 1, 1), before, 2)


@pytest.mark.parametrize("dry_run", [True, False])
def test_of_the_audit_thirty_days_stay_however_few_are_given(dry_run: bool) -> None:
    for days in (31, 29):
        log_entry(days)

    report = cleanup_old_data(days=0, dry_run=dry_run)

    assert (report.audit_logs, report.deleted, AuditLog.objects.count()) == (1, 1, 2 if dry_run else 1)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 100])
def test_whatever_the_size_of_a_batch_all_goes(batch_size: int) -> None:
    for number in range(7):
        log_entry(OLD)
        session(OLD, str(number))
        temp_file(OLD, str(number))

    assert counts(cleanup_old_data(batch_size=batch_size)) == (7, 7, 7, 7, 0)


def test_a_name_that_leads_out_is_refused_with_its_row_and_its_file(
    temp_files: Path, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (temp_files.parent / "precious").write_text("precious")
    (temp_files / "link").symlink_to(temp_files.parent)
    names = ["../precious", str(temp_files.parent / "precious"), "link/precious"]
    for name in names:
        TempFile.objects.create(name=name, created_at=days_ago(OLD))
    temp_file(OLD, "ours")

    with django_capture_on_commit_callbacks(execute=True):
        report = cleanup_old_data()

    assert counts(report) == (0, 0, 1, 1, 3)
    assert (temp_files.parent / "precious").read_text() == "precious"
    assert left()[2] == names
    assert "The temporary file '../precious' is not in the directory of temporary files" in caplog.text


def test_a_row_whose_file_is_gone_goes_too() -> None:
    temp_file(OLD, "gone").path.unlink()

    assert counts(cleanup_old_data()) == (0, 0, 1, 0, 0)


def test_a_file_stays_as_long_as_its_row_may_come_back(django_capture_on_commit_callbacks: Any) -> None:
    file = temp_file(OLD, "file")

    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        cleanup_old_data()
    before = file.path.exists()
    for callback in callbacks:
        callback()

    assert (before, file.path.exists()) == (True, False)


def test_a_second_run_finds_nothing_left() -> None:
    log_entry(OLD)
    cleanup_old_data()

    assert counts(cleanup_old_data()) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("cut_at", [2, 3])
def test_cut_off_again_and_again_each_row_is_counted_once(cut_at: int) -> None:
    for number in range(5):
        log_entry(OLD)
        session(OLD, str(number))
        temp_file(OLD, str(number))

    report = resumed_to_its_end(
        "cleanup_old_data", lambda progress: cleanup_old_data(batch_size=2, progress=progress), cut_at
    )

    assert (counts(report), left()) == ((5, 5, 5, 5, 0), ([], [], []))


class Resting(Progress):
    """Notes what is there at each rest, and may be told to stop there."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.rests: list[tuple[timedelta, int]] = []
        self.batches_open = 0
        self._stop_at = stop_at

    @contextmanager
    def _batch(self) -> Iterator[None]:
        with super()._batch():
            self.batches_open += 1
            yield
        self.batches_open -= 1

    def rest(self, length: timedelta) -> None:
        assert self.batches_open == 0
        self.rests.append((length, AuditLog.objects.count()))
        if len(self.rests) == self._stop_at:
            raise StopRequested(StopReason.CANCELLED)


def test_between_two_batches_it_rests_with_no_row_locked() -> None:
    for _ in range(5):
        log_entry(OLD)
    progress = Resting()

    cleanup_old_data(batch_size=2, throttle=timedelta(seconds=9), progress=progress)

    assert progress.rests == [(timedelta(seconds=9), 3), (timedelta(seconds=9), 1)]


def test_cancelled_in_a_rest_it_deletes_no_more() -> None:
    for _ in range(5):
        log_entry(OLD)

    with pytest.raises(StopRequested):
        cleanup_old_data(batch_size=2, throttle=timedelta(seconds=9), progress=Resting(stop_at=1))

    assert AuditLog.objects.count() == 3


@pytest.mark.parametrize("text", ["0.5", "0.5s", "PT0.5S"])
def test_the_rest_is_given_in_seconds(text: str) -> None:
    assert catalog.CLEANUP_OLD_DATA.parameters.parse({"throttle": text})["throttle"] == timedelta(seconds=0.5)

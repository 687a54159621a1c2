"""How long the record is kept."""

import os
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Attempt, Run
from jobs.models.artifact import directory_of
from jobs.models.slot import Slot
from jobs.models.state import ACTIVE, State
from jobs.services.retention import cleanup_runs
from tests.jobs.services.imported import tables_left
from tests.jobs.services.interrupted import CutOff, Interrupted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _directories(settings: Any, tmp_path: Path) -> None:
    settings.ARTIFACTS, settings.UPLOADS = tmp_path / "artifacts", tmp_path / "uploads"


def ended(state: State, days: int, **facts: Any) -> Run:
    run = Run.objects.create(
        job="greet", state=state, finished_at=timezone.now() - timedelta(days=days), **facts
    )
    Attempt.objects.create(run=run, number=1, worker="w", started_at=run.finished_at)
    directory_of(run.pk).mkdir(parents=True)
    return run


def test_each_state_has_its_own_time() -> None:
    old = [ended(State.SUCCEEDED, 31), ended(State.CANCELLED, 31), ended(State.FAILED, 91)]
    young = {ended(State.SUCCEEDED, 29).pk, ended(State.FAILED, 31).pk}
    young.add(Run.objects.create(job="greet").pk)

    report = cleanup_runs()

    assert report.runs == len(old)
    assert set(Run.objects.values_list("pk", flat=True)) == young


def test_attempts_and_files_go_with_their_run(django_capture_on_commit_callbacks: Any) -> None:
    run = ended(State.SUCCEEDED, 31)

    with django_capture_on_commit_callbacks(execute=True):
        cleanup_runs()

    assert not Attempt.objects.exists()
    assert not directory_of(run.pk).exists()


def test_a_dry_run_counts_the_same_and_deletes_nothing() -> None:
    ended(State.SUCCEEDED, 31)

    report = cleanup_runs(dry_run=True)

    assert (report.runs, Run.objects.count()) == (1, 1)


def test_the_ledger_of_schedules_is_kept_as_long_as_its_runs_and_no_shorter_than_failed_ones() -> None:
    now = timezone.now()
    days = {"old": 91, "young": 89, "has run": 91, "had run": 91}
    runs = {"has run": ended(State.FAILED, 1), "had run": ended(State.FAILED, 91)}
    for schedule, age in days.items():
        Slot.objects.create(schedule=schedule, planned_for=now - timedelta(days=age), run=runs.get(schedule))

    cleanup_runs()

    assert set(Slot.objects.values_list("schedule", flat=True)) == {"young", "has run"}


def test_small_batches_delete_all_the_same() -> None:
    for _ in range(5):
        ended(State.SUCCEEDED, 31)

    assert cleanup_runs(batch_size=2).runs == 5


def test_an_upload_that_no_run_names_goes_after_a_day(settings: Any) -> None:
    named, young, orphan = (settings.UPLOADS / name for name in ("named", "young", "orphan"))
    for directory in (named, young, orphan):
        directory.mkdir(parents=True)
    two_days_ago = time.time() - timedelta(days=2).total_seconds()
    for directory in (named, orphan):
        os.utime(directory, (two_days_ago, two_days_ago))
    Run.objects.create(job="import_products", parameters={"path": str(named / "a.csv")})

    cleanup_runs()

    assert (named.exists(), young.exists(), orphan.exists()) == (True, True, False)


def test_files_whose_run_is_gone_already_go_after_a_day(settings: Any) -> None:
    kept, young, orphan = Run.objects.create(job="greet").pk, uuid4(), uuid4()
    two_days_ago = time.time() - timedelta(days=2).total_seconds()
    for key in (kept, young, orphan):
        directory_of(key).mkdir(parents=True)
    for key in (kept, orphan):
        os.utime(directory_of(key), (two_days_ago, two_days_ago))

    cleanup_runs()

    assert [directory_of(key).exists() for key in (kept, young, orphan)] == [True, True, False]


def test_cut_off_after_each_batch_every_deleted_run_is_counted_once() -> None:
    for _ in range(5):
        ended(State.SUCCEEDED, 31)
    run = Run.objects.create(job="cleanup_runs")
    reports = []

    while not any(reports):
        Run.objects.filter(pk=run.pk).update(state=State.QUEUED)
        claimed = Run.objects.claim(run.pk, worker="tests", jobs=["cleanup_runs"])
        assert claimed is not None
        with suppress(CutOff):
            reports.append(cleanup_runs(batch_size=2, progress=Interrupted(claimed, cut_at=2)))

    assert (reports[0].runs, list(Run.objects.all())) == (5, [run])


def test_tables_of_imports_that_will_not_go_on_are_dropped() -> None:
    states = {state: Run.objects.create(job="import_products", state=state) for state in State}
    with connection.cursor() as cursor:
        for key in [*(run.pk for run in states.values()), uuid4()]:
            cursor.execute(f"CREATE UNLOGGED TABLE import_{key.hex} ()")

    cleanup_runs()

    assert set(tables_left()) == {f"import_{states[state].pk.hex}" for state in ACTIVE}

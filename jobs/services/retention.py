"""How long the record is kept."""

import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, reduce
from operator import or_
from pathlib import Path
from typing import Annotated
from uuid import UUID

from annotated_types import Ge
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from typing_extensions import Doc

from jobs.models.artifact import directory_of
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.sent_form import SentForm
from jobs.models.slot import Slot
from jobs.models.state import State
from jobs.progress import Progress, silent
from jobs.services.keyed_import.tables import drop_abandoned_tables


@dataclass(frozen=True, kw_only=True)
class CleanupReport:
    """`runs` counts those deleted, or those that a real run would delete."""

    runs: int
    dry_run: bool


def cleanup_runs(
    *,
    succeeded_days: Annotated[int, Ge(0), Doc("keep succeeded runs this many days")] = 30,
    cancelled_days: Annotated[int, Ge(0), Doc("keep cancelled runs this many days")] = 30,
    failed_days: Annotated[int, Ge(0), Doc("keep failed runs this many days")] = 90,
    batch_size: Annotated[int, Ge(1), Doc("runs deleted in one transaction")] = 1_000,
    dry_run: Annotated[bool, Doc("count, and delete nothing")] = False,
    progress: Progress = silent,
) -> CleanupReport:
    """Delete the record of runs that ended long ago, with their attempts, logs and files."""
    keep = {State.SUCCEEDED: succeeded_days, State.CANCELLED: cancelled_days, State.FAILED: failed_days}
    old = reduce(or_, (_ended_before(state, days) for state, days in keep.items()))
    if dry_run:
        return CleanupReport(runs=old.count(), dry_run=True)
    counts = progress.counts()
    progress.update(message="Deleting old runs")
    for runs in progress.batches(old.only("pk"), batch_size, step="delete"):
        delete_runs([run.pk for run in runs])
        counts["runs"] += len(runs)
    _delete_slots(before=timezone.now() - timedelta(days=failed_days))
    _delete_directories_without_run()
    _delete_uploads()
    SentForm.objects.delete_old()
    drop_abandoned_tables()
    return CleanupReport(runs=counts["runs"], dry_run=False)


def _ended_before(state: State, days: int) -> RunQuerySet:
    return Run.objects.finished_before(timezone.now() - timedelta(days=days)).filter(state=state)


def delete_runs(keys: Collection[UUID]) -> None:
    """With their attempts and logs, and their files once the transaction has committed."""
    # The rows first: a file without a row is found by nobody, a row without its file would promise one.
    Run.objects.filter(pk__in=keys).delete()
    transaction.on_commit(partial(_delete_files, keys))


def _delete_files(keys: Collection[UUID]) -> None:
    for key in keys:
        shutil.rmtree(directory_of(key), ignore_errors=True)


def _delete_slots(before: datetime) -> None:
    """Those without a run, or without it any more; a schedule takes none that is older than its last."""
    Slot.objects.filter(run=None, planned_for__lt=before).delete()


def _delete_directories_without_run() -> None:
    """What a crash between the rows and their files left; a day old at least, for a run may just begin."""
    for directory in _day_old(Path(settings.ARTIFACTS)):
        if _is_key(directory.name) and not Run.objects.filter(pk=directory.name).exists():
            shutil.rmtree(directory, ignore_errors=True)


def _is_key(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _delete_uploads() -> None:
    """Uploaded files that no run names any more; a day old at least, for a run may just be on its way."""
    for directory in _day_old(Path(settings.UPLOADS)):
        if not Run.objects.naming(directory.name).exists():
            shutil.rmtree(directory, ignore_errors=True)


def _day_old(parent: Path) -> list[Path]:
    before = time.time() - timedelta(days=1).total_seconds()
    return [each for each in parent.iterdir() if each.stat().st_mtime < before] if parent.is_dir() else []

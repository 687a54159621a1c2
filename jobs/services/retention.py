"""How long the record is kept."""

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge
from django.conf import settings
from django.utils import timezone
from typing_extensions import Doc

from jobs.models.artifact import directory_of
from jobs.models.run import Run
from jobs.models.state import State
from jobs.progress import Progress, silent


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
    old = [_ended_before(state, days) for state, days in keep.items()]
    total = sum(runs.count() for runs in old)
    progress.update(0, total=total, message="Deleting old runs")
    deleted = 0
    if not dry_run:
        for runs in old:
            deleted += _delete(runs, batch_size, progress)
        _delete_uploads()
    return CleanupReport(runs=total if dry_run else deleted, dry_run=dry_run)


def _ended_before(state: State, days: int) -> Any:
    return Run.objects.finished_before(timezone.now() - timedelta(days=days)).filter(state=state)


def _delete(runs: Any, batch_size: int, progress: Progress) -> int:
    deleted = 0
    while keys := list(runs.order_by("finished_at").values_list("pk", flat=True)[:batch_size]):
        # The rows first: a file without a row is found by nobody, a row without its file would promise one.
        Run.objects.filter(pk__in=keys).delete()
        for key in keys:
            shutil.rmtree(directory_of(key), ignore_errors=True)
        deleted += len(keys)
        progress.advance(len(keys))
    return deleted


def _delete_uploads() -> None:
    """Uploaded files that no run names any more; a day old at least, for a run may just be on its way."""
    uploads = Path(settings.UPLOADS)
    before = time.time() - timedelta(days=1).total_seconds()
    for directory in uploads.iterdir() if uploads.is_dir() else ():
        if directory.stat().st_mtime < before and not Run.objects.naming(directory.name).exists():
            shutil.rmtree(directory, ignore_errors=True)

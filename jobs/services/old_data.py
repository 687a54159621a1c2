"""What was worth keeping for a while: the audit log, sessions, temporary files."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from typing_extensions import Doc

from jobs.key_ranges import KeyRanges
from jobs.models.audit_log import KEPT, AuditLog, AuditLogQuerySet
from jobs.models.temp_file import TempFile
from jobs.progress import Progress, silent
from jobs.services.temp_files import Place, place_of, remove_files

# The disk is looked at while their rows are locked.
MOST_FILES = 1_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class OldDataReport:
    """Rows deleted, in all and by model, and files on disk; or what a real run would delete.

    `refused` counts temporary files whose name leads out of their directory: row and file stay as they are.
    """

    deleted: int
    audit_logs: int
    sessions: int
    temp_files: int
    files: int
    refused: int
    dry_run: bool


def cleanup_old_data(
    *,
    days: Annotated[int, Ge(0), Le(36_500), Doc("delete what is older than this many days")] = 90,
    model: Annotated[
        Literal["all", "audit_logs", "sessions", "temp_files"], Doc("which of them, or all")
    ] = "all",
    batch_size: Annotated[int, Ge(1), Doc("rows deleted in one transaction")] = 20_000,
    throttle: Annotated[
        timedelta, Ge(timedelta(0)), Doc("rest between two batches, for others to get at the tables")
    ] = timedelta(0),
    dry_run: Annotated[bool, Doc("count, and delete nothing")] = False,
    progress: Progress = silent,
) -> OldDataReport:
    """Delete entries of the audit log, expired sessions and temporary files that are older than some days.

    Sessions count from the day they expired. The files of temporary files go from the disk too. The audit log
    keeps what is younger than 30 days, however few days are given.
    """
    old = _older_than(timezone.now() - timedelta(days=days))
    chosen = {name: old[name] for name in (old if model == "all" else [model])}
    if dry_run:
        return _report(_counted(chosen), dry_run=True)
    counts = progress.counts()
    for name, (rows, key) in chosen.items():
        progress.update(0, message=f"Deleting {name.replace('_', ' ')}")
        size = min(batch_size, MOST_FILES) if name == "temp_files" else batch_size
        for batch in progress.batches(KeyRanges(rows, key), size, step=name, pause=throttle):
            counts.update(_delete(name, batch.rows))
    return _report(counts, dry_run=False)


def _older_than(before: datetime) -> dict[str, tuple[QuerySet[Any], tuple[str, str]]]:
    """The rows, and the columns of the index by which they are found."""
    kept_until = min(before, timezone.now() - KEPT)
    return {
        "audit_logs": (AuditLog.objects.filter(created_at__lt=kept_until), ("created_at", "id")),
        "sessions": (Session.objects.filter(expire_date__lt=before), ("expire_date", "session_key")),
        "temp_files": (TempFile.objects.filter(created_at__lt=before), ("created_at", "id")),
    }


def _counted(chosen: Mapping[str, tuple[QuerySet[Any], Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, (rows, _) in chosen.items():
        if name != "temp_files":
            counts[name] = rows.count()
            continue
        for file in rows.values_list("name", flat=True).iterator():
            counts.update(_counts_of([place_of(file)]))
    return counts


def _delete(name: str, rows: QuerySet[Any]) -> Mapping[str, int]:
    if name == "temp_files":
        return _delete_temp_files(rows)
    return {name: rows.delete_old() if isinstance(rows, AuditLogQuerySet) else rows.delete()[0]}


def _delete_temp_files(rows: QuerySet[TempFile]) -> Mapping[str, int]:
    # Locked, so that nobody gives a row another name or another date between the look and the deletion.
    found = {row.pk: (row.name, place_of(row.name)) for row in rows.select_for_update()}
    refused = {pk: name for pk, (name, place) in found.items() if place is Place.ELSEWHERE}
    for name in refused.values():
        logger.warning("The temporary file %r is not in the directory of temporary files; it stays", name)
    TempFile.objects.filter(pk__in=found.keys() - refused.keys()).delete()
    # The rows first: a row without its file would promise one.
    files = [name for name, place in found.values() if place is Place.HERE]
    transaction.on_commit(partial(remove_files, files))
    return _counts_of([place for _, place in found.values()])


def _counts_of(places: list[Place]) -> Counter[str]:
    refused = places.count(Place.ELSEWHERE)
    return Counter(temp_files=len(places) - refused, files=places.count(Place.HERE), refused=refused)


def _report(counts: Counter[str], *, dry_run: bool) -> OldDataReport:
    return OldDataReport(
        deleted=counts["audit_logs"] + counts["sessions"] + counts["temp_files"],
        audit_logs=counts["audit_logs"],
        sessions=counts["sessions"],
        temp_files=counts["temp_files"],
        files=counts["files"],
        refused=counts["refused"],
        dry_run=dry_run,
    )

"""How fast half of an audit log is deleted, beside what else one would do.

`--rows` are those to delete; the table holds as many again. The limit is one DELETE, which keeps no place and
holds its locks to its end.

Goals: 0.9 of it, and no transaction longer than 200 ms.
"""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import post_delete
from django.utils import timezone

from benchmarks.contest.columns import TRANSACTIONS
from benchmarks.contest.contest import Contest, hold
from benchmarks.contest.contestant import Contestant
from benchmarks.contest.database import one_statement
from benchmarks.contest.recorded import recorded
from jobs.models.audit_log import AuditLog
from jobs.services.old_data import cleanup_old_data

DAYS = 90
BATCH = 1_000
DELETE = f"DELETE FROM jobs_auditlog WHERE created_at < now() - interval '{DAYS} days'"
# The table lets nobody delete who does not say what for.
ALLOW = "SELECT set_config('nightshift.audit', 'retention', false)"
RESTORE = (
    "TRUNCATE jobs_auditlog RESTART IDENTITY",
    # As many old rows as new ones. Some days lie between them, so that none grows old meanwhile.
    """
    INSERT INTO jobs_auditlog (action, target, address, details, created_at)
    SELECT 'product.update', 'Product ' || i, '10.0.0.1', '{"price": ["1.00", "2.00"]}',
        now() - interval '182 days' + i * (interval '178 days' / (2 * %(rows)s))
        + (i > %(rows)s)::int * interval '4 days'
    FROM generate_series(1, 2 * %(rows)s) AS i
    """,
)


def limit(_: Path) -> float:
    one_statement(ALLOW)
    return one_statement(DELETE)


def ours(_: Path) -> float:
    progress = recorded("cleanup_old_data")
    cleanup_old_data(days=DAYS, model="audit_logs", progress=progress)
    return progress.longest


def with_receiver(_: Path) -> float:
    def receiver(**facts: Any) -> None:
        """Does nothing, but Django has to fetch each row for it."""

    one_statement(ALLOW)
    post_delete.connect(receiver, sender=AuditLog)
    begin = time.perf_counter()
    try:
        _old().delete()
    finally:
        post_delete.disconnect(receiver, sender=AuditLog)
    return time.perf_counter() - begin


def id_lists(_: Path) -> None:
    one_statement(ALLOW)
    while keys := list(_old().values_list("pk", flat=True)[:BATCH]):
        AuditLog.objects.filter(pk__in=keys).delete()


def _old() -> QuerySet[AuditLog]:
    return AuditLog.objects.filter(created_at__lt=timezone.now() - timedelta(days=DAYS))


def contestants(rows: int) -> list[Contestant]:
    first = Contestant("delete", "one DELETE", limit, rows)
    return [
        first,
        Contestant("ours", "cleanup_old_data", ours, rows, first),
        Contestant("receiver", "delete() of the ORM, with a receiver", with_receiver, rows, first),
        Contestant("id_lists", "delete() of the ORM, lists of 1,000 ids", id_lists, rows, first),
    ]


def is_deleted(each: Contestant, _: Path) -> bool:
    return not _old().exists() and AuditLog.objects.count() == each.rows


CONTEST = Contest(
    about=__doc__,
    rows=500_000,
    contestants=contestants,
    columns=TRANSACTIONS,
    is_done=is_deleted,
    restore=RESTORE,
)

if __name__ == "__main__":
    hold(CONTEST)

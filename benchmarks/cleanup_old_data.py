"""How fast half of an audit log is deleted, beside what else one would do.

The limit is one DELETE, which keeps no place and holds its locks to its end. Rates count the rows deleted.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from benchmarks.tables.contest import Contest, TimedProgress, hold, recorded
from jobs.models.audit_log import AuditLog
from jobs.services.old_data import cleanup_old_data

DAYS = 90
BATCH = 1_000
RESTORE = (
    "TRUNCATE jobs_auditlog RESTART IDENTITY",
    # As many old rows as new ones; %s is the number of those to delete.
    """
    INSERT INTO jobs_auditlog (action, target, address, details, created_at)
    SELECT 'product.update', 'Product ' || i, '10.0.0.1', '{"price": ["1.00", "2.00"]}',
           now() - interval '180 days' + i * (interval '180 days' / (2 * total))
    FROM (SELECT %s::int AS total) AS given, generate_series(1, 2 * total) AS i
    """,
    "VACUUM ANALYZE jobs_auditlog",
)


def limit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_auditlog WHERE created_at < now() - interval '90 days'")


def ours() -> TimedProgress:
    progress = recorded("cleanup_old_data")
    cleanup_old_data(days=DAYS, model="audit_logs", progress=progress)
    return progress


def id_lists() -> None:
    old = AuditLog.objects.filter(created_at__lt=timezone.now() - timedelta(days=DAYS))
    while keys := list(old.values_list("pk", flat=True)[:BATCH]):
        AuditLog.objects.filter(pk__in=keys).delete()


def left(rows: int) -> int:
    return AuditLog.objects.filter(created_at__lt=timezone.now() - timedelta(days=DAYS, hours=1)).count()


CONTEST = Contest(
    module="benchmarks.cleanup_old_data",
    about=__doc__ or "",
    rows=500_000,
    restore=RESTORE,
    changed=left,
    variants={
        "one DELETE": limit,
        "cleanup_old_data": ours,
        "ORM, lists of 1,000 ids": id_lists,
    },
)

if __name__ == "__main__":
    hold(CONTEST)

"""Which notifications a sender has taken, so that nobody else sends them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from jobs.log import storable
from jobs.models.notification import Notification, NotificationState

# Whoever claimed a row and has said nothing for so long is taken for dead: the row may be sent twice then.
STALE = timedelta(minutes=10)

CLAIM = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM jobs_notification
    WHERE id > %(after)s AND state IN ('pending', 'sending')
      AND (state = 'pending' OR coalesce(claimed_at, '-infinity') < statement_timestamp() - %(stale)s)
    ORDER BY id LIMIT %(size)s FOR UPDATE SKIP LOCKED
)
UPDATE jobs_notification SET state = 'sending', claimed_at = statement_timestamp()
FROM chosen WHERE jobs_notification.id = chosen.id
RETURNING jobs_notification.id, claimed_at
"""


class Claim:
    """Rows that are `sending` since `at`, by which their owner knows that they are still his."""

    def __init__(self, keys: list[int], at: datetime | None) -> None:
        self._keys = keys
        self._at = at

    def __len__(self) -> int:
        return len(self._keys)

    def notifications(self) -> QuerySet[Notification]:
        return self._own(*self._keys).select_related("user").order_by("pk")

    def mark_sent(self, notification: Notification) -> None:
        self._own(notification.pk).update(state=NotificationState.SENT, sent_at=Now(), error="")

    def mark_failed(self, notification: Notification, reason: str) -> None:
        self._own(notification.pk).update(state=NotificationState.FAILED, error=storable(reason))

    def release(self) -> None:
        """Those that were neither sent nor refused wait again."""
        self._own(*self._keys).update(state=NotificationState.PENDING, claimed_at=None)

    def _own(self, *keys: int) -> QuerySet[Notification]:
        return Notification.objects.filter(pk__in=keys, state=NotificationState.SENDING, claimed_at=self._at)


def waiting() -> QuerySet[Notification]:
    """What would be claimed now."""
    return Notification.objects.filter(
        Q(state=NotificationState.PENDING)
        | Q(state=NotificationState.SENDING, claimed_at__isnull=True)
        | Q(state=NotificationState.SENDING, claimed_at__lt=Now() - STALE)
    )


@contextmanager
def claimed(*, after: int, size: int) -> Iterator[Claim]:
    """The next ones behind that key, committed at once; at the end, those that are left wait again."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"after": after, "size": size, "stale": STALE}
        cursor.execute(CLAIM, values)
        rows = sorted(cursor.fetchall())
    claim = Claim([key for key, _ in rows], rows[0][1] if rows else None)
    try:
        yield claim
    finally:
        claim.release()

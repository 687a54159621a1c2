"""Messages to people, by mail: one at once, or all that wait.

Whose fault a failure is, is decided in mail.py; who sends which, in notification_claims.py.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Ge
from django.contrib.auth.models import User
from typing_extensions import Doc

from jobs.models.notification import Notification
from jobs.progress import Progress, silent
from jobs.services.mail import Mailer, MailPutOff, MailRefused, letter
from jobs.services.notification_claims import Claim, claimed, waiting
from jobs.sources import Source

CLAIMED = 50  # rows at a time
# Rows that were claimed longer ago are given back unsent: the run can stop, and no other sender takes the
# owner of a row for dead.
FRESH = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class MailReport:
    """`address` is where it went."""

    address: str


@dataclass(frozen=True, kw_only=True)
class SendReport:
    """`failed` counts those that will never go, each with its reason in its row.

    That of a dry run says how many would be tried, and how many have no address.
    """

    sent: int
    failed: int
    dry_run: bool


def send_notification_email(
    # django-stubs takes a note beside a model for one of its own.
    user: Annotated[User, Doc("who gets it, by name")],  # type: ignore[valid-type]
    subject: Annotated[str, Doc("one line")],
    message: Annotated[str, Doc("plain text")],
    *,
    progress: Progress = silent,
) -> MailReport:
    """Send a message to a user by mail.

    Raises WrongInput where it can never be sent, and MailServerFailed where it may go later.
    """
    address = _address(user)
    with Mailer() as mailer:
        mailer.send(letter(address, subject, message, key=progress.key))
    return MailReport(address=address)


def send_notifications(
    *,
    limit: Annotated[int | None, Ge(1), Doc("send no more than this many")] = None,
    dry_run: Annotated[bool, Doc("count, and send nothing")] = False,
    progress: Progress = silent,
) -> SendReport:
    """Send the notifications that wait, by mail.

    What a server refuses for good is marked failed, and the others go on. Raises MailServerFailed where the
    server takes nothing now, and MailPutOff, at the end, where some are to be tried later.
    """
    if dry_run:
        return _preview(limit)
    sending = Sending(progress, limit)
    with Mailer() as mailer:
        while sending.send_some(mailer):
            pass
    if sending.put_off:
        number, reason = len(sending.put_off), sending.put_off[0]
        raise MailPutOff(f"Notifications left for the next time: {number}. {reason}")
    return SendReport(sent=sending.counts["sent"], failed=sending.counts["failed"], dry_run=False)


class Sending:
    """One attempt to send what waits. `put_off` are the reasons for those that wait still."""

    def __init__(self, progress: Progress, limit: int | None) -> None:
        self.put_off: list[str] = []
        self._progress = progress
        self.counts = progress.counts()
        self._after = 0
        self._total = self._tried + waiting().count()
        if limit is not None:
            self._total = min(self._total, limit)
        progress.update(self._tried, total=self._total, message="Sending notifications")

    @property
    def _tried(self) -> int:
        return self.counts["sent"] + self.counts["failed"]

    def send_some(self, mailer: Mailer) -> bool:
        """Whether there may be more."""
        left = self._total - self._tried - len(self.put_off)
        with claimed(after=self._after, size=min(CLAIMED, left)) as claim:
            try:
                for notification in _while_fresh(claim):
                    self._send(notification, claim, mailer)
                    self._after = notification.pk
            finally:
                for _ in self._progress.batches(Tried(self._tried, self._total), step="send"):
                    pass
        return bool(claim)

    def _send(self, notification: Notification, claim: Claim, mailer: Mailer) -> None:
        user, key = notification.user, f"notification-{notification.pk}"
        try:
            mailer.send(letter(_address(user), notification.subject, notification.message, key=key))
        except MailPutOff as later:
            self.put_off.append(str(later))
        except MailRefused as refused:
            claim.mark_failed(notification, str(refused))
            self.counts["failed"] += 1
        else:
            claim.mark_sent(notification)
            self.counts["sent"] += 1


class Tried(Source[int]):
    """As many as were tried since the last time: walked, they are kept with the counts of the run."""

    def __init__(self, tried: int, total: int) -> None:
        self._tried = tried
        self._total = total

    def batches(self, position: int | None, size: int) -> Iterator[tuple[range, int]]:
        if self._tried > (position or 0):
            yield range(position or 0, self._tried), self._tried

    def remaining(self, position: int | None) -> int:
        return max(0, self._total - (position or 0))


def _while_fresh(claim: Claim) -> Iterator[Notification]:
    until = time.monotonic() + FRESH.total_seconds()
    for notification in claim.notifications():
        yield notification
        if time.monotonic() > until:
            return


def _address(user: User) -> str:
    if not user.email:
        raise MailRefused(f"The user {user.username!r} has no e-mail address; add one to the account")
    return user.email


def _preview(limit: int | None) -> SendReport:
    chosen = waiting().order_by("pk")[:limit]
    without = Notification.objects.filter(pk__in=chosen.values("pk"), user__email="").count()
    return SendReport(sent=chosen.count() - without, failed=without, dry_run=True)

"""Notifications by mail: each once, whoever misbehaves."""

from contextlib import suppress
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from jobs.exceptions import WrongInput
from jobs.models import Run
from jobs.models.notification import Notification
from jobs.models.state import State
from jobs.services import notifications
from jobs.services.mail import MailPutOff, MailServerFailed
from jobs.services.notifications import send_notification_email, send_notifications
from tests.jobs.services.interrupted import CutOff, Interrupted
from tests.jobs.services.mailed import mailbox, person, states, waiting_for
from tests.smtp_server import Mailbox

__all__ = ["mailbox"]

pytestmark = pytest.mark.django_db


def claim(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED)
    claimed = Run.objects.claim(run.pk, worker="tests", jobs=["send_notifications"])
    assert claimed is not None
    return claimed


def test_a_user_gets_a_message(mailbox: Mailbox) -> None:
    report = send_notification_email(person("a@x.example"), "Grüße", "Tea is ready")

    assert (report.address, mailbox.recipients) == ("a@x.example", ["a@x.example"])


@pytest.mark.parametrize(
    ("email", "subject", "sentence"),
    [
        ("", "Tea", "The user 'nobody' has no e-mail address; add one to the account"),
        ("a@x.example", "Tea\nBcc: b@x.example", "The subject holds a line break"),
        ("refused@x.example", "Tea", "refuses the message for good: 550 5.1.1 no such user"),
    ],
)
def test_a_message_that_can_never_be_sent_is_a_sentence(
    mailbox: Mailbox, email: str, subject: str, sentence: str
) -> None:
    with pytest.raises(WrongInput, match=sentence):
        send_notification_email(person(email), subject, "")


def test_a_message_that_may_go_later_is_tried_again(mailbox: Mailbox) -> None:
    with pytest.raises(MailServerFailed, match="puts the message off"):
        send_notification_email(person("later@x.example"), "Tea", "")


def test_all_that_wait_are_sent_over_one_connection(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "CLAIMED", 2)
    waiting_for("a@x.example", "b@x.example", "c@x.example")
    waiting_for("old@x.example", state="sent")

    report = send_notifications()

    assert (report.sent, report.failed) == (3, 0)
    assert (mailbox.recipients, mailbox.connections) == (["a@x.example", "b@x.example", "c@x.example"], 1)
    assert set(states().values()) == {"sent"}
    assert send_notifications().sent == 0


def test_a_permanent_refusal_fails_its_row_and_the_others_go_on(mailbox: Mailbox) -> None:
    waiting_for("refused@x.example", "", "spam@x.example", "a@x.example")

    report = send_notifications()

    errors = Notification.objects.filter(state="failed").values_list("error", flat=True)
    assert (report.sent, report.failed, mailbox.recipients) == (1, 3, ["a@x.example"])
    assert [error.rpartition(":")[2].split(";")[0] for error in errors] == [
        " 550 5.1.1 no such user",
        "The user 'nobody' has no e-mail address",
        " 554 5.7.1 this is spam",
    ]


def test_a_temporary_refusal_waits_and_keeps_nobody_else_waiting(mailbox: Mailbox) -> None:
    waiting_for("later@x.example", "a@x.example")

    with pytest.raises(MailPutOff, match=r"Notifications left for the next time: 1\. .* 450"):
        send_notifications()

    assert states() == {"later@x.example": "pending", "a@x.example": "sent"}
    assert mailbox.tried.count("later@x.example") == 1


def test_a_server_that_goes_away_leaves_the_rest_waiting(mailbox: Mailbox) -> None:
    waiting_for("a@x.example", "closing@x.example", "b@x.example")

    with pytest.raises(MailServerFailed):
        send_notifications()

    assert states() == {"a@x.example": "sent", "closing@x.example": "pending", "b@x.example": "pending"}


def test_no_more_are_sent_than_the_limit(mailbox: Mailbox) -> None:
    waiting_for("later@x.example", "a@x.example", "b@x.example", "c@x.example")

    with pytest.raises(MailPutOff):
        send_notifications(limit=3)

    assert len(mailbox.tried) == 3


def test_a_dry_run_counts_and_sends_nothing(mailbox: Mailbox) -> None:
    waiting_for("a@x.example", "", "b@x.example")

    reports = [send_notifications(dry_run=True), send_notifications(dry_run=True, limit=2)]

    assert [(report.sent, report.failed) for report in reports] == [(2, 1), (1, 1)]
    assert (mailbox.connections, set(states().values())) == (0, {"pending"})


@pytest.mark.parametrize("cut_at", range(1, 7))
def test_cut_off_at_any_commit_each_is_sent_and_counted_once(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, cut_at: int
) -> None:
    monkeypatch.setattr(notifications, "CLAIMED", 2)
    addresses = [*(f"{number}@x.example" for number in range(4)), "refused@x.example"]
    waiting_for(*addresses)
    run = Run.objects.create(job="send_notifications")

    with suppress(CutOff):
        send_notifications(progress=Interrupted(claim(run), cut_at))
    report = send_notifications(progress=Interrupted(claim(run), 0))

    # Before a commit, what was sent since the one before is known to its row, and not yet to the run.
    uncounted = 2 if cut_at in (1, 3) else 1 if cut_at == 5 else 0
    assert (mailbox.recipients, report.sent + report.failed) == (addresses[:4], 5 - uncounted)


@pytest.mark.django_db(transaction=True)
def test_several_senders_at_once_send_each_once(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifications, "CLAIMED", 3)
    user = person("a@x.example")
    Notification.objects.bulk_create(
        Notification(user=user, subject=str(number), message="") for number in range(60)
    )

    def send() -> None:
        send_notifications()
        connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(int, mailbox.subjects)) == list(range(60))


def test_a_sender_goes_on_where_its_claim_has_grown_old(mailbox: Mailbox, monkeypatch: Any) -> None:
    monkeypatch.setattr(notifications, "FRESH", notifications.FRESH * 0)
    waiting_for("a@x.example", "b@x.example", "c@x.example")

    report = send_notifications()

    assert (report.sent, mailbox.recipients) == (3, list(User.objects.values_list("email", flat=True)))

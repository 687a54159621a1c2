"""Of two senders, one has a row."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs.models.notification import Notification
from jobs.services.notification_claims import claimed, waiting
from tests.jobs.services.mailed import states, waiting_for


@pytest.mark.django_db
def test_a_claimed_row_is_claimed_by_nobody_else() -> None:
    waiting_for("a@x", "b@x", "c@x")

    with claimed(after=0, size=2) as first, claimed(after=0, size=2) as second:
        taken = [[row.user.email for row in claim.notifications()] for claim in (first, second)]

    assert taken == [["a@x", "b@x"], ["c@x"]]


@pytest.mark.django_db
def test_what_was_neither_sent_nor_refused_waits_again() -> None:
    waiting_for("a@x", "b@x", "c@x")

    with claimed(after=0, size=9) as claim:
        sent, refused, _ = claim.notifications()
        claim.mark_sent(sent)
        claim.mark_failed(refused, "no such \x00 user")

    assert states() == {"a@x": "sent", "b@x": "failed", "c@x": "pending"}
    assert set(Notification.objects.values_list("error", flat=True)) == {"", "no such \\x00 user"}


@pytest.mark.django_db
def test_a_row_whose_owner_was_silent_for_ten_minutes_goes_to_the_next() -> None:
    now = timezone.now()
    waiting_for("dead@x", state="sending", claimed_at=now - timedelta(minutes=11))
    waiting_for("alive@x", state="sending", claimed_at=now - timedelta(minutes=9))
    waiting_for("edited@x", state="sending", claimed_at=None)
    expected = ["dead@x", "edited@x"]

    counted = list(waiting().order_by("pk").values_list("user__email", flat=True))
    with claimed(after=0, size=9) as claim:
        taken = [row.user.email for row in claim.notifications()]

    assert (counted, taken) == (expected, expected)


@pytest.mark.django_db
def test_an_owner_who_was_taken_for_dead_marks_nothing() -> None:
    (row,) = waiting_for("a@x")

    with claimed(after=0, size=1) as claim:
        Notification.objects.update(claimed_at=timezone.now())
        claim.mark_failed(row, "too late")

    assert states() == {"a@x": "sending"}


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_claims_at_this_moment_is_passed_over() -> None:
    waiting_for("a@x", "b@x")
    taken: list[list[str]] = []

    def claim_beside() -> None:
        with claimed(after=0, size=9) as claim:
            taken.append([row.user.email for row in claim.notifications()])
        connection.close()

    with transaction.atomic(), claimed(after=0, size=1):
        thread = Thread(target=claim_beside)
        thread.start()
        thread.join()

    assert taken == [["b@x"]]

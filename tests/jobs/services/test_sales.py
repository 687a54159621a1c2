"""The report as its readers get it."""

from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from jobs.exceptions import WrongInput
from jobs.models import Artifact, Run
from jobs.models.state import State
from jobs.services.mail import MailPutOff, MailRefused
from jobs.services.sales import sales_report
from tests.jobs.services.interrupted import CutOff, Interrupted
from tests.jobs.services.mailed import mailbox
from tests.jobs.services.sold import sold
from tests.jobs.services.watched import Watched
from tests.smtp_server import Mailbox

__all__ = ["mailbox"]

pytestmark = pytest.mark.django_db


def claim(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED)
    claimed = Run.objects.claim(run.pk, worker="tests", jobs=["sales_report"])
    assert claimed is not None
    return claimed


def test_the_report_is_two_files_and_a_summary(progress: Watched, tmp_path: Path) -> None:
    sold("2026-10-05T10:00", "12.30", customer="ann")
    sold("2026-10-06T10:00", "0.20", customer="ben", store="south")

    report = sales_report(month="2026-10", progress=progress)

    assert (report.month, report.orders, report.customers, report.stores) == ("2026-10", 2, 2, 2)
    assert (report.amount, report.mailed) == (Decimal("12.50"), 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sales-2026-10.html", "sales-2026-10.xlsx"]
    assert "12.50" in (tmp_path / "sales-2026-10.html").read_text()


def test_it_is_mailed_to_each_with_both_files() -> None:
    sold("2026-10-05T10:00", "12.30")

    report = sales_report(month="2026-10", to=["a@x.example", "b@x.example", "a@x.example"])

    assert (report.mailed, [message.to for message in mail.outbox]) == (2, [["a@x.example"], ["b@x.example"]])
    (page, workbook), *_ = (message.attachments for message in mail.outbox)
    assert (page[0], page[2], workbook[0]) == ("sales-2026-10.html", "text/html", "sales-2026-10.xlsx")
    assert workbook[1].startswith(b"PK")
    assert "12.30 in 1 orders" in mail.outbox[0].body


def test_a_month_without_orders_is_a_report_that_says_so() -> None:
    report = sales_report(month="2026-10", to=["a@x.example"])

    assert (report.orders, report.amount) == (0, 0)
    assert mail.outbox[0].body == "No orders were placed in October 2026.\n"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"month": "2026-13"}, "'2026-13' is no month"),
        ({"to": ["a@x.example", "nobody"]}, "'nobody' is not an e-mail address"),
        ({"to": ["a@x.example\nBcc: b@x.example"]}, "is not an e-mail address"),
    ],
)
def test_a_wrong_parameter_is_a_sentence_and_nothing_is_sent(parameters: Any, sentence: str) -> None:
    with pytest.raises(WrongInput, match=sentence):
        sales_report(**parameters)

    assert mail.outbox == []


def test_an_address_that_is_refused_for_good_keeps_it_from_nobody_else(mailbox: Mailbox) -> None:
    with pytest.raises(MailRefused, match=r"mailed to 1, but not to refused@x\.example: .*550"):
        sales_report(month="2026-10", to=["refused@x.example", "a@x.example"])

    assert mailbox.recipients == ["a@x.example"]


def test_who_has_the_report_gets_it_once(mailbox: Mailbox, settings: Any, tmp_path: Path) -> None:
    settings.ARTIFACTS = tmp_path
    run = Run.objects.create(job="sales_report")
    to = ["a@x.example", "later@x.example", "b@x.example"]

    for _ in range(2):
        with pytest.raises(MailPutOff):
            sales_report(month="2026-10", to=to, progress=Interrupted(claim(run), 0))

    assert mailbox.recipients == ["a@x.example"]
    assert Artifact.objects.filter(run=run).count() == 2


def test_cut_off_behind_an_address_the_next_attempt_goes_on(
    mailbox: Mailbox, settings: Any, tmp_path: Path
) -> None:
    settings.ARTIFACTS = tmp_path
    run = Run.objects.create(job="sales_report")
    to = ["a@x.example", "b@x.example", "c@x.example"]

    with suppress(CutOff):
        sales_report(month="2026-10", to=to, progress=Interrupted(claim(run), 2))
    report = sales_report(month="2026-10", to=to, progress=Interrupted(claim(run), 0))

    assert (mailbox.recipients, report.mailed) == (to, 3)

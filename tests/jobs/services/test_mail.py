"""Mail over one connection, and whose fault it is when it is not taken."""

import socket
from typing import Any

import pytest
from django.core import mail

from jobs.exceptions import WrongInput
from jobs.services.mail import Mailer, MailPutOff, MailRefused, MailServerFailed, letter
from tests.jobs.services.mailed import mailbox
from tests.smtp_server import Mailbox

__all__ = ["mailbox"]


def send(*addresses: str) -> None:
    with Mailer() as mailer:
        for address in addresses:
            mailer.send(letter(address, "Tea", "is ready", key=address.partition("@")[0]))


def test_many_messages_go_over_one_connection(mailbox: Mailbox) -> None:
    send("a@x.example", "b@x.example", "c@x.example")

    assert (mailbox.recipients, mailbox.connections) == (["a@x.example", "b@x.example", "c@x.example"], 1)


def test_a_message_has_the_same_id_each_time_it_is_sent(mailbox: Mailbox) -> None:
    send("a@x.example", "a@x.example")

    assert [message["Message-ID"] for _, message in mailbox.taken] == ["<a@shop.example>"] * 2


def test_a_server_that_takes_few_messages_a_connection_gets_another(mailbox: Mailbox) -> None:
    mailbox.most = 2

    send(*(f"{number}@x.example" for number in range(5)))

    assert (len(mailbox.taken), mailbox.connections) == (5, 3)


@pytest.mark.parametrize("address", ["refused@x.example", "spam@x.example"])
def test_a_permanent_refusal_is_the_message_s_fault(mailbox: Mailbox, address: str) -> None:
    with pytest.raises(MailRefused, match="refuses the message for good: 55"):
        send(address)


def test_a_temporary_refusal_puts_the_message_off(mailbox: Mailbox) -> None:
    with pytest.raises(MailPutOff, match=r"450 4\.2\.0 greylisted, come again"):
        send("later@x.example")


@pytest.mark.parametrize("address", ["hangup@x.example", "closing@x.example"])
def test_a_server_that_goes_away_has_failed(mailbox: Mailbox, address: str) -> None:
    with pytest.raises(MailServerFailed, match=r"The mail server 127\.0\.0\.1:\d+ takes no mail") as caught:
        send(address)

    assert type(caught.value) is MailServerFailed


def test_a_server_that_is_not_there_has_failed(settings: Any, mailbox: Mailbox) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = taken.getsockname()[1]

        with pytest.raises(MailServerFailed, match="refused; look at it, and at EMAIL_URL"):
            send("a@x.example")


def test_after_a_refusal_the_next_message_goes_over_the_same_connection(mailbox: Mailbox) -> None:
    with Mailer() as mailer:
        for address in ("refused@x.example", "later@x.example", "spam@x.example"):
            with pytest.raises((MailRefused, MailPutOff)):
                mailer.send(letter(address, "Tea", "is ready", key="1"))
        mailer.send(letter("a@x.example", "Tea", "is ready", key="1"))

    assert (mailbox.recipients, mailbox.connections) == (["a@x.example"], 1)


@pytest.mark.parametrize("subject", ["Tea\nBcc: b@x.example", "Tea\r", "\nTea", "a\u2028b", "a\x0bb"])
def test_a_subject_of_two_lines_is_refused(subject: str) -> None:
    with pytest.raises(WrongInput, match="The subject holds a line break"):
        letter("a@x.example", subject, "", key="1")


@pytest.mark.parametrize(
    "address", ["a", "a b@x.example", "a@x.example\nBcc: b@x.example", "a@x, b@y", "@", ""]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(WrongInput, match="is not an e-mail address"):
        letter(address, "Tea", "", key="1")


def test_letters_of_all_scripts_arrive(mailbox: Mailbox) -> None:
    with Mailer() as mailer:
        mailer.send(letter("a@x.example", "Grüner 茶", "Ça va?\n.\nA line with a dot", key="1"))

    (message,) = (message for _, message in mailbox.taken)
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "Ça va?" in payload.decode()


def test_printed_mail_stays_out_of_stdout(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    send("a@x.example")

    printed = capsys.readouterr()
    assert (printed.out, "Subject: Tea" in printed.err) == ("", True)


def test_other_backends_take_mail_too() -> None:
    send("a@x.example")

    assert [message.to for message in mail.outbox] == [["a@x.example"]]

"""Mail as jobs send it: over one connection, and with an error that says whose fault it is."""

import re
import smtplib
import sys
from contextlib import suppress
from email.utils import parseaddr
from types import TracebackType
from typing import NamedTuple, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.message import sanitize_address
from django.utils.encoding import force_str

from jobs.exceptions import NightshiftError, WrongInput

# Answers of a server, RFC 5321 section 4.2 and RFC 1870.
SERVICE_CLOSES, TOO_BIG, PERMANENT = 421, 552, 500
ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")  # what else it must be, its server knows
LONGEST_ANSWER = 300  # characters of it that are shown


class MailRefused(WrongInput):
    """This message will not be taken, however often it is tried."""


class MailServerFailed(NightshiftError):
    """The server cannot be reached, or takes nothing now: trying again may help."""


class MailPutOff(MailServerFailed):
    """The server takes this message later, and others now."""


class Attachment(NamedTuple):
    name: str
    content: bytes
    type: str


def letter(address: str, subject: str, body: str, *, key: str) -> EmailMessage:
    """A message that can be sent. Raises MailRefused.

    `key` names it: sent again after a crash, it has the same Message-ID, by which mail programs know it.
    """
    if subject.splitlines() not in ([], [subject]):
        raise MailRefused("The subject holds a line break, which would begin a header; write it on one line")
    check_address(address)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return EmailMessage(subject, body, to=[address], headers={"Message-ID": f"<{key}@{domain}>"})


def check_address(address: str) -> None:
    """Raises MailRefused."""
    try:
        sanitize_address(address, "utf-8")
        is_address = ADDRESS.fullmatch(address) is not None
    except ValueError:
        is_address = False
    if not is_address:
        raise MailRefused(f"{address!r} is not an e-mail address; correct it")


class Mailer:
    """Sends message after message over one connection, which is opened with the first."""

    def __init__(self) -> None:
        # The console backend would write between the lines of `--json`; the others take no notice.
        self._connection = get_connection(stream=sys.stderr)
        self._sent = 0  # over the connection that is open

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, message: EmailMessage) -> None:
        """Raises MailRefused, MailPutOff, MailServerFailed."""
        try:
            self._send(message)
        except OSError as error:  # that of smtplib too
            raise _named(error) from error
        except ValueError as error:
            raise MailRefused(f"The message cannot be written as mail ({error}); correct it") from error

    def _send(self, message: EmailMessage) -> None:
        try:
            self._hand_over(message)
        except smtplib.SMTPSenderRefused as error:
            # Some servers take so many messages a connection, and say so before they take the next.
            if error.smtp_code != SERVICE_CLOSES or not self._sent:
                raise
            self._close()
            self._hand_over(message)

    def _hand_over(self, message: EmailMessage) -> None:
        try:
            self._connection.open()
            self._connection.send_messages([message])
            self._sent += 1
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, TimeoutError):
            self._close()
            raise

    def _close(self) -> None:
        with suppress(OSError):
            self._connection.close()
        self._sent = 0


def _named(error: OSError) -> NightshiftError:
    """Whose fault it is: the message's, or the server's."""
    code, answer = _answer(error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailRefused(f"The mail server cannot take such a message ({answer}); write to another address")
    is_about_message = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    if code == TOO_BIG or (is_about_message and code >= PERMANENT):
        return MailRefused(f"The mail server refuses the message for good: {answer}")
    if is_about_message and code != SERVICE_CLOSES:
        return MailPutOff(f"The mail server puts the message off: {answer}")
    where = f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return MailServerFailed(f"{where} takes no mail: {answer}; look at it, and at EMAIL_URL")


def _answer(error: OSError) -> tuple[int, str]:
    """The server's, with its code; what went wrong, with 0, where it gave none."""
    answer: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, answer = error.smtp_code, error.smtp_error
    else:
        return 0, (str(error) or type(error).__name__)[:LONGEST_ANSWER]
    words = force_str(answer, errors="replace").split()
    return code, " ".join([str(code), *words])[:LONGEST_ANSWER]

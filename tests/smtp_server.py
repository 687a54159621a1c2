"""A mail server that misbehaves as the address it is sent to says."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

# By the beginning of the recipient's address.
REFUSED, LATER, SPAM, HANGS_UP, CLOSING = "refused@", "later@", "spam@", "hangup@", "closing@"


@dataclass
class Mailbox:
    """What the server took, and over how many connections; `most` is the messages that it takes over one."""

    port: int = 0
    most: int = 1_000_000
    connections: int = 0
    tried: list[str] = field(default_factory=list)
    taken: list[tuple[str, Message]] = field(default_factory=list)

    @property
    def recipients(self) -> list[str]:
        return [address for address, _ in self.taken]

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for _, message in self.taken]


class Conversation(socketserver.StreamRequestHandler):
    mailbox: Mailbox

    def handle(self) -> None:
        self.mailbox.connections += 1
        self.count, self.recipient = 0, ""
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            if not getattr(self, f"on_{verb.lower()}", self.on_other)(line):
                return

    def on_mail(self, line: str) -> bool:
        if self.count == self.mailbox.most:
            self._say("421 enough messages over this connection")
            return False
        return self._say("250 ok")

    def on_rcpt(self, line: str) -> bool:
        self.recipient = line.partition("<")[2].rstrip(">")
        self.mailbox.tried.append(self.recipient)
        if self.recipient.startswith(REFUSED):
            return self._say("550 5.1.1 no such user")
        if self.recipient.startswith(LATER):
            return self._say("450 4.2.0 greylisted, come again")
        if self.recipient.startswith(CLOSING):
            return self._say("421 4.3.2 shutting down")
        return self._say("250 ok")

    def on_data(self, line: str) -> bool:
        self._say("354 go on")
        lines = []
        while (text := self.rfile.readline()) != b".\r\n":
            lines.append(text.removeprefix(b"."))
        if self.recipient.startswith(HANGS_UP):
            return False
        if self.recipient.startswith(SPAM):
            return self._say("554 5.7.1 this is spam")
        self.count += 1
        self.mailbox.taken.append((self.recipient, message_from_bytes(b"".join(lines))))
        return self._say("250 taken")

    def on_quit(self, line: str) -> bool:
        self._say("221 bye")
        return False

    def on_other(self, line: str) -> bool:
        return self._say("250 ok")

    def _say(self, answer: str) -> bool:
        self.wfile.write(f"{answer}\r\n".encode())
        return True


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    handler = type("Handler", (Conversation,), {"mailbox": mailbox})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield mailbox
        server.shutdown()
        thread.join()

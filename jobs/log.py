"""Log records made while an attempt runs, kept with it: bounded, the middle dropped and said so."""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

LIMIT = 2_000_000  # characters an attempt, half for its beginning and half for its end
LINE_LIMIT = 8_192
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogCapture(logging.Handler):
    """Keeps what the threads of its run log: others in this process work for other runs."""

    def __init__(self, limit: int = LIMIT) -> None:
        super().__init__(level=logging.INFO)
        self.setFormatter(logging.Formatter(FORMAT))
        self._half = limit // 2
        self._threads = {threading.get_ident()}
        self._head: list[str] = []
        self._head_size = 0
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._dropped = 0
        self._changed = False

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread not in self._threads:
            return
        line = storable(self.format(record))
        if len(line) > LINE_LIMIT:
            line = f"{line[:LINE_LIMIT]}… ({len(line) - LINE_LIMIT} more characters)"
        self._keep(line + "\n")
        self._changed = True

    @contextmanager
    def of_this_thread(self) -> Iterator[None]:
        """What this one logs inside the block is kept too."""
        thread = threading.get_ident()
        self._threads.add(thread)
        try:
            yield
        finally:
            self._threads.discard(thread)  # the system gives its number to another one

    def text(self) -> str:
        dropped = [f"… {self._dropped} lines were dropped here …\n"] if self._dropped else []
        return "".join([*self._head, *dropped, *self._tail])

    def text_if_changed(self) -> str | None:
        """None where nothing was logged since the last call."""
        changed, self._changed = self._changed, False
        return self.text() if changed else None

    def _keep(self, line: str) -> None:
        if not self._tail and self._head_size + len(line) <= self._half:
            self._head.append(line)
            self._head_size += len(line)
            return
        self._tail.append(line)
        self._tail_size += len(line)
        while self._tail_size > self._half:
            self._tail_size -= len(self._tail.popleft())
            self._dropped += 1


@contextmanager
def captured_log() -> Iterator[LogCapture]:
    """What this thread logs inside the block."""
    capture = LogCapture()
    root = logging.getLogger()
    root.addHandler(capture)
    try:
        yield capture
    finally:
        root.removeHandler(capture)


def storable(text: str) -> str:
    """What PostgreSQL's text can hold: no NUL, and no half of a character, as names of files may have."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()

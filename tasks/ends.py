"""The ends of runs that went well, written by the worker's parent: many in one statement and one commit.

A process of the pool hands such an end to its parent, and goes on with its next run while the disk is waited
for. What the parent does not take, the process writes itself.
"""

import json
import logging
import socket
import threading
import time
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import DataError, Error, connection

from jobs.models.ending import Ending
from jobs.models.run import Run
from jobs.models.state import State

GATHER = 0.005  # seconds that an end waits for others, where the one before it came SOON before
SOON = 0.05
IDLE = 0.2  # seconds after which the thread looks for what is left, and whether it is to end
MOST = 256  # ends that are taken at once
LONGEST = 1 << 20  # bytes of a message: more than a socket takes

log = logging.getLogger(__name__)


class End(NamedTuple):
    """Nobody renews its lease any more: `until`, on this process's clock, it is there."""

    success: str
    until: float


class Ends(threading.Thread):
    """Made before the processes of the pool, which inherit its socket. A message is one end, sent whole."""

    def __init__(self) -> None:
        super().__init__(name="ends", daemon=True)
        self._inlet, self._outlet = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._inlet.setblocking(False)
        self._ended = threading.Event()
        self._came = 0.0

    def take(self, success: str) -> bool:
        """From any process. False where it is too long, or too many are waiting already."""
        try:
            self._inlet.send(success.encode())
        except OSError:
            return False
        return True

    def end(self) -> None:
        """Waits for all that were taken to be written, or to be too late."""
        self._ended.set()
        self.join()

    def run(self) -> None:
        left: list[End] = []
        is_over = False
        while left or not is_over:
            is_over = self._ended.is_set()
            left = self._written(left + self._taken())
        connection.close()
        self._inlet.close()
        self._outlet.close()

    def _taken(self) -> list[End]:
        ends: list[End] = []
        self._outlet.settimeout(IDLE)
        try:
            while len(ends) < MOST:
                success = self._outlet.recv(LONGEST).decode()
                ends.append(End(success, time.monotonic() + 0.8 * settings.LEASE.total_seconds()))
                if len(ends) == 1:
                    self._gather()
        except (TimeoutError, BlockingIOError):
            pass
        return ends

    def _gather(self) -> None:
        if time.monotonic() - self._came < SOON:
            time.sleep(GATHER)
        self._came = time.monotonic()
        self._outlet.settimeout(0)

    def _written(self, ends: list[End]) -> list[End]:
        """Write them, and return those that are still to be written."""
        in_time = [end for end in ends if end.until > time.monotonic()]
        for end in set(ends).difference(in_time):
            log.error("The end of run %s could not be written in time; it is done again", _run(end))
        try:
            return _write(in_time) if in_time else []
        except DataError:
            if len(in_time) == 1:
                log.exception("The end of run %s cannot be written", _run(in_time[0]))
                return []
            return [left for end in in_time for left in self._written([end])]
        except Error as error:
            log.warning("The ends of %d runs have to wait for the database: %s", len(in_time), error)
            connection.close()
            return in_time


def gather() -> Ends:
    """The thread for this worker, not started; from now on its processes hand over to it."""
    global _ends
    _ends = Ends()
    return _ends


def hand_over(run: Run, ending: Ending) -> bool:
    """Whether the parent takes that end. Those that somebody may be waiting for, in its lane, it does not."""
    if _ends is None or ending.state != State.SUCCEEDED or run.lane:
        return False
    return _ends.take(run.success(ending))


def _write(ends: list[End]) -> list[End]:
    if connection.connection is None:
        with connection.cursor() as cursor:
            # It only ever looks up keys; a plan made while the table was small would scan it for good.
            cursor.execute("SET enable_seqscan = off")
    own = Run.objects.succeed(end.success for end in ends)
    if len(own) == len(ends) and all(own.values()):
        return []
    for end in ends:
        if _run(end) not in own:
            log.warning("The end of run %s was written before, or its attempt is over", _run(end))
    return [end for end in ends if own.get(_run(end)) is False]


def _run(end: End) -> UUID:
    return UUID(json.loads(end.success)["id"])


_ends: Ends | None = None

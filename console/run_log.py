"""The log of a run's last attempt, as an open page follows it."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Collection
from typing import Any, TypeAlias
from zlib import crc32

from django.db.models import Q
from django.db.models.functions import Length, Right

from console.live.picture import Lines
from jobs.log import LIMIT
from jobs.models.attempt import Attempt

SHOWN = 100_000  # characters, the last ones
MIDDLE_LOST = LIMIT - SHOWN  # about; of a log that is longer the middle is dropped while it grows
MOST_LOGS = 256
# Places in the logs of two attempts must not meet: what follows one is never added to the other.
APART = 10**11

Key: TypeAlias = tuple[uuid.UUID, int]  # of the run, and the number of the attempt


class LogWatch:
    """The ends of logs as this process has read them: one that has not grown is not read again."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, tuple[int, Lines]] = OrderedDict()
        self._lock = threading.Lock()

    def lines_of(self, sizes: dict[Key, int]) -> dict[Key, Lines]:
        """Of attempts with logs of so many bytes, which the server knows without unpacking them."""
        with self._lock:
            found = {key: self._known[key][1] for key in sizes if self._is_known(key, sizes[key])}
        for key, lines in _read([key for key, size in sizes.items() if size and key not in found]).items():
            found[key] = lines
            self._keep(key, sizes[key], lines)
        return found

    def _is_known(self, key: Key, size: int) -> bool:
        # Once its middle is dropped, a log may be as long as before and another one.
        return size < MIDDLE_LOST and key in self._known and self._known[key][0] == size

    def _keep(self, key: Key, size: int, lines: Lines) -> None:
        with self._lock:
            self._known[key] = size, lines
            self._known.move_to_end(key)
            while len(self._known) > MOST_LOGS:
                self._known.popitem(last=False)


def is_cut(lines: Lines) -> bool:
    """Whether there is more of the log before them."""
    return lines.start % APART > 0


def _read(keys: Collection[Key]) -> dict[Key, Lines]:
    if not keys:
        return {}
    wanted = Q()
    for run, number in keys:
        wanted |= Q(run=run, number=number)
    read = Attempt.objects.filter(wanted).order_by()
    rows: Any = read.values_list("run", "number", Length("log"), Right("log", SHOWN))
    return {(run, number): _lines(number, size, end) for run, number, size, end in rows}


def _lines(number: int, size: int, end: str) -> Lines:
    start = number * APART + size - len(end)
    if size >= MIDDLE_LOST:
        # No place in it lasts: what is shown is shown anew.
        start += 10 * LIMIT + 10 * crc32(end.encode())
    return Lines(start=start, text=end)


watch = LogWatch()

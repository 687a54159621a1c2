"""One way of doing it, and what was measured of it in each round."""

import re
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from django.conf import settings
from django.db import connection

# Is given the contest's path for it, and may return the seconds of its longest transaction.
Work = Callable[[Path], float | None]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`megabytes` are the peak above the bare process, which has Django, its connection and all packages."""

    seconds: float
    megabytes: float
    longest: float | None


@dataclass(frozen=True, eq=False)
class Contestant:
    """`name` is for --only; without a limit it is one itself.

    `restore` takes the place of the contest's own statements. `outside`, its memory is another program's.
    """

    name: str
    title: str
    work: Work
    rows: int
    limit: "Contestant | None" = None
    restore: tuple[str, ...] = ()
    outside: bool = False
    rounds: list[Measured] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        return [each.seconds for each in self.rounds]

    @property
    def rates(self) -> list[float]:
        return [self.rows / each for each in self.seconds]


def measured_apart(work: Work, path: Path) -> Measured:
    """In a fresh process, on the database that this one is connected to."""
    database = str(connection.settings_dict["NAME"])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measured_on, database, work, path).result()


def _measured_on(database: str, work: Work, path: Path) -> Measured:
    connection.settings_dict["NAME"] = database
    # What a run keeps goes with the run.
    with tempfile.TemporaryDirectory() as artifacts:
        settings.ARTIFACTS = Path(artifacts)
        try:
            return measured(work, path)
        finally:
            connection.close()


def measured(work: Work, path: Path) -> Measured:
    connection.ensure_connection()
    bare = _megabytes("VmRSS")
    begin = time.perf_counter()
    longest = work(path)
    seconds = time.perf_counter() - begin
    return Measured(seconds=seconds, megabytes=_megabytes("VmHWM") - bare, longest=longest)


def _megabytes(figure: str) -> float:
    """VmRSS is what the process holds now, VmHWM the most it held."""
    found = re.search(rf"{figure}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found, "only Linux tells"
    return int(found[1]) / 1024

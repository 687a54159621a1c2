"""How long the disk takes to keep what was written: each commit of a run waits for it."""

import os
import tempfile
import time
from pathlib import Path
from statistics import median

PAGE = b"x" * 8192
WRITES = 200


def sync_microseconds(directory: Path) -> float:
    """The median of some writes of a page of PostgreSQL, each followed by fdatasync."""
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        file.write(PAGE * WRITES)
        os.fsync(file.fileno())
        file.seek(0)
        return 1e6 * median(_seconds_of_one(file.fileno()) for _ in range(WRITES))


def _seconds_of_one(descriptor: int) -> float:
    begin = time.perf_counter()
    os.write(descriptor, PAGE)
    os.fdatasync(descriptor)
    return time.perf_counter() - begin

"""What a figure was measured on, without which it says nothing."""

import os
import platform
import re
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.contest.database import value


def load() -> float:
    """Processes that ran or waited to, on average of the last minute."""
    return os.getloadavg()[0]


@dataclass(frozen=True)
class Machine:
    """Made at the begin, printed at the end."""

    before: float = field(default_factory=load)

    def __str__(self) -> str:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        hardware = f"{os.cpu_count()} cores, {_processor()}, {memory:.0f} GB"
        load_of_both = f"load {self.before:.1f} at the begin and {load():.1f} at the end"
        return f"{hardware}, PostgreSQL {value('SHOW server_version')}, {load_of_both}"


def _processor() -> str:
    # Not every kernel names the model.
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return found[1].strip() if found else platform.machine()

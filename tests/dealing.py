"""Which tests one process of `make test` has to itself, and in which order all are begun."""

import pytest
from xdist.scheduler import LoadGroupScheduling

# Tests that share what is dear to start, by their fixture; such of one kind run in a row, the longest first.
ROWS = {"fleet": "faults", "celery_worker": "worker", "migrated": "full reset", "flower": "flower"}
# Files with what is long and shares nothing come next, so that no process is left with it at the end.
LONG = {"test_machine", "test_generator", "test_interruption", "test_serve", "test_embedded", "test_beats"}
# The same by file, since only names are dealt out to the processes. A file that is missing here
# costs time and nothing else: each process has servers and, where it comes to that, a worker of its own.
FILES = {
    "faults": "callers chaos controls crash_points database import outages runs_below",
    "flows": "doors runs_below shelf",
    "jobs": "full_reset_command",
    "pages": "curl first_minutes job overview queues rights run runs schedules",
    "project": "flower",
    "tasks": "base control dispatch prefetch request results schedule worker",
}
PROCESSES = {
    f"tests/{room}/test_{name}.py": "worker" if room in ("flows", "pages", "tasks") else room
    for room, names in FILES.items()
    for name in names.split()
}


class Dealer(LoadGroupScheduling):
    """pytest-xdist's own finds the groups in ids that pytest has not given out since 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return PROCESSES.get(nodeid.partition("::")[0], nodeid)


def row_of(item: pytest.Item) -> str:
    fixtures = getattr(item, "fixturenames", ())
    return next((row for fixture, row in ROWS.items() if fixture in fixtures), "")


def place_of(item: pytest.Item) -> int:
    if row := row_of(item):
        return list(ROWS.values()).index(row)
    return len(ROWS) + (item.path.stem not in LONG)

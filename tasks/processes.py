"""The processes of a worker's pool: each leads a group, so that a kill reaches what its job started."""

import os
import signal
from contextlib import suppress

_imported_by = os.getpid()


def end_if_orphaned(**kwargs: object) -> None:
    """Called in each new pool process, by Celery's signal.

    Celery has the kernel kill it with its parent. One whose parent died before it could ask for that would
    wait for its messages for ever, with a connection to the database.
    """
    if os.getpid() != _imported_by != os.getppid():
        os._exit(1)


def lead_group(**kwargs: object) -> None:
    """Called in each new pool process, by Celery's signal."""
    with suppress(PermissionError):  # It leads a session, and so a group, already.
        os.setpgrp()


def is_alive(pid: int) -> bool:
    """False for one that has ended and was not waited for yet."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 read for each run, each second
            return stat.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):  # noqa: PTH112
            return False
    except ProcessLookupError:
        return False
    try:  # No Linux: without /proc it counts as alive until its parent has waited for it.
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill(pid: int) -> None:
    """That process and its group; of one that leads none, as the only process of a solo pool, only itself."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)

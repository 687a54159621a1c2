"""Whether this worker is to stop: its parent says so, its children see it at their next checkpoint."""

import mmap

# Shared memory, made before the children are: a signal would break into whatever they are doing.
_flag = mmap.mmap(-1, 1)


def begin(**kwargs: object) -> None:
    """Called in the parent, by Celery's signal."""
    _flag[0] = 1


def has_begun() -> bool:
    return _flag[0] == 1

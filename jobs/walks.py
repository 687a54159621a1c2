"""Walks of a recorded run, which may be left open by an error."""

import weakref
from collections.abc import Iterator
from typing import Any

from jobs.progress import Progress


class WalkingProgress(Progress):
    """Knows the walks that were begun with it."""

    def __init__(self) -> None:
        self._walks: list[weakref.ref[Any]] = []

    def batches(self, *args: Any, **options: Any) -> Iterator[Any]:
        walk = super().batches(*args, **options)
        self._walks.append(weakref.ref(walk))
        return walk

    def close(self) -> None:
        """Leave those that an error has left open, and with them the transactions of their batches."""
        for reference in reversed(self._walks):
            if (walk := reference()) is not None:
                walk.close()

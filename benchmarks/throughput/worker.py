"""A Celery worker with its children, as a tree of processes that can be stopped and looked at as one."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it has no annotations

STOP_WITHIN = 20.0  # seconds


class Worker:
    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log

    def pause(self) -> None:
        """Before the children, their parent, so that it misses none of them."""
        for each in self._tree():
            each.suspend()

    def resume(self) -> None:
        for each in reversed(self._tree()):
            each.resume()

    def cpu_seconds(self) -> float:
        """Of the processes that are there; the pool keeps its children."""
        times = [each.cpu_times() for each in self._tree()]
        return float(sum(each.user + each.system for each in times))

    def must_live(self) -> None:
        if self._process.poll() is not None:
            raise RuntimeError(f"The worker ended:\n{self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Ask it, wait, and kill what is left of its tree."""
        tree = self._tree()
        self._process.terminate()
        _, left = psutil.wait_procs(tree, timeout=STOP_WITHIN)
        for each in left:
            each.kill()
        self._process.wait()

    def _tree(self) -> list[psutil.Process]:
        parent = psutil.Process(self._process.pid)
        return [parent, *parent.children(recursive=True)]


@contextmanager
def started(arguments: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[Worker]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    worker = Worker(process, log)
    try:
        yield worker
    finally:
        if process.poll() is None:
            worker.resume()
            worker.stop()

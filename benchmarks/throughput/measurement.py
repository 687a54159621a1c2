"""One round of one contestant: latency of an idle worker, then a queue filled while it stands still."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.throughput import starts
from benchmarks.throughput.worker import Worker, started

WARMING = 100  # tasks before anything is measured
SINGLE = 150  # tasks sent one at a time
REST = 0.02  # seconds after each of these, in which its end is written too
WITHIN = 180.0  # seconds that any number of tasks may take


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """`unfinished` counts the tasks that are known not to be done; `problems` are found at the end."""

    worker: Sequence[str]
    send: Callable[[], object]
    unfinished: Callable[[], int] = lambda: 0
    problems: Callable[[int], Iterable[str]] = lambda tasks: ()


@dataclass(frozen=True, kw_only=True)
class Figures:
    enqueued_a_second: float
    drained_a_second: float
    median_milliseconds: float
    p99_milliseconds: float
    cpu_microseconds: float
    problems: list[str] = field(default_factory=list)


def main(contestant: Contestant) -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, required=True)
    tasks: int = parser.parse_args().tasks
    print(json.dumps(asdict(measure(contestant, tasks))))


def measure(contestant: Contestant, tasks: int) -> Figures:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "starts"
        path.touch()
        environment = {**os.environ, starts.VARIABLE: str(path)}
        with started(contestant.worker, environment, Path(directory) / "worker.log") as worker:
            round_ = Round(contestant, worker, path)
            round_.warm()
            latencies = [round_.send_one() for _ in range(SINGLE)]
            rates = round_.fill_and_drain(tasks)
        every = WARMING + SINGLE + tasks
        began = starts.count(path)
        odd = [f"{every} tasks were sent, and {began} began"] if began != every else []
    return Figures(
        median_milliseconds=1_000 * median(latencies),
        p99_milliseconds=1_000 * quantiles(latencies, n=100)[98],
        problems=[*odd, *contestant.problems(every)],
        **rates,
    )


class Round:
    def __init__(self, contestant: Contestant, worker: Worker, path: Path) -> None:
        self._contestant = contestant
        self._worker = worker
        self._path = path
        self._sent = 0

    def warm(self) -> None:
        """The first tasks wait for the worker to be ready, the others fill its caches and ours."""
        self._send(WARMING)
        self._wait()
        time.sleep(1)

    def send_one(self) -> float:
        """Seconds from the call to the beginning of the task."""
        sent = time.time()
        self._send(1)
        self._wait(look_every=0.001)
        time.sleep(REST)
        return starts.read(self._path)[-1] - sent

    def fill_and_drain(self, tasks: int) -> dict[str, Any]:
        self._worker.pause()
        earlier, cpu = self._sent, self._worker.cpu_seconds()
        begin = time.perf_counter()
        self._send(tasks)
        seconds = time.perf_counter() - begin
        self._worker.resume()
        self._wait(look_every=0.05)
        moments = starts.read(self._path, skipped=earlier)
        return {
            "enqueued_a_second": tasks / seconds,
            "drained_a_second": (len(moments) - 1) / (max(moments) - min(moments)),
            "cpu_microseconds": 1e6 * (self._worker.cpu_seconds() - cpu) / tasks,
        }

    def _send(self, tasks: int) -> None:
        for _ in range(tasks):
            self._contestant.send()
        self._sent += tasks

    def _wait(self, look_every: float = 0.01) -> None:
        """Until all that was sent has begun, and is done as far as that is known."""
        until = time.monotonic() + WITHIN
        while starts.count(self._path) < self._sent or self._contestant.unfinished():
            self._worker.must_live()
            if time.monotonic() > until:
                break  # what was lost is said at the end
            time.sleep(look_every)

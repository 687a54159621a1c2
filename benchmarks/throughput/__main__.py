"""Our service beside a bare Celery: rates, waits and the worker's work for a task that does nothing.

Both have the same Valkey and two prefork children. Bare Celery has its default settings and keeps no record;
Nightshift writes a run and its attempt in PostgreSQL. In a round
each one's worker is started and warmed, gets 150 tasks one at a time, is stopped (SIGSTOP) while N are
enqueued, and goes on. The two take turns; figures are medians of the rounds, ratios medians of those within
a round. It exits with 1 where a task was lost or done twice.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.throughput.disk import sync_microseconds
from project import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
OF_THE_CALLER = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "BROKER_URL", "TIME_ZONE", "DEBUG", "LOG_LEVEL")

ROWS = {
    "enqueued_a_second": "enqueued one by one, tasks/s",
    "drained_a_second": "drained by two children, tasks/s",
    "median_milliseconds": "from delay() to the start, idle, median ms",
    "p99_milliseconds": "the same, 99th percentile, ms",
    "cpu_microseconds": "CPU of the worker a task, us",
}


@dataclass
class Contestant:
    title: str
    module: str
    rounds: list[dict[str, Any]] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        return [problem for each in self.rounds for problem in each["problems"]]

    def figures(self, name: str) -> list[float]:
        return [each[name] for each in self.rounds]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    bare = Contestant("bare Celery", "benchmarks.throughput.measure_bare")
    ours = Contestant("Nightshift", "benchmarks.throughput.measure_nightshift")
    with tempfile.TemporaryDirectory() as directory:
        var = Path(directory)
        try:
            environment = _environment(var)
            syncs = []
            for number in range(options.rounds):
                syncs.append(sync_microseconds(var))
                for each in (bare, ours):
                    print(
                        f"Round {number + 1} of {options.rounds}: {each.title}", file=sys.stderr, flush=True
                    )
                    each.rounds.append(_measure(each, options.tasks, environment))
        finally:
            embedded.release(var)
    print(
        f"{options.tasks:,} tasks, median (min-max) of {options.rounds} rounds. Bare Celery keeps no record."
    )
    print(f"A commit waits for the disk: one fdatasync takes {_spread(syncs)} us here.\n")
    return _report(bare, ours)


def _environment(var: Path) -> dict[str, str]:
    """Of processes that find the servers of the benchmark, with the tables in them."""
    addresses = embedded.start(var)
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
    ours = {**kept, "NIGHTSHIFT_VAR": str(var)}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=ours, check=True)
    return {**ours, "THROUGHPUT_BROKER": addresses.broker_url}


def _measure(contestant: Contestant, tasks: int, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", contestant.module, "--tasks", str(tasks)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _report(bare: Contestant, ours: Contestant) -> int:
    print(_table(bare, ours))
    problems = [f"{each.title}: {problem}" for each in (bare, ours) for problem in each.problems]
    exactly = "Each task of both began exactly once, and each run of Nightshift has succeeded."
    print("", *(problems or [exactly]), sep="\n")
    return 1 if problems else 0


def _table(bare: Contestant, ours: Contestant) -> str:
    rows = [["what", bare.title, ours.title, "ratio"], ["---"] * 4]
    for name, about in ROWS.items():
        ratio = median(b / a for a, b in zip(bare.figures(name), ours.figures(name), strict=True))
        rows.append([about, _spread(bare.figures(name)), _spread(ours.figures(name)), f"{ratio:.2f}"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _spread(figures: list[float]) -> str:
    digits = 1 if max(figures) < 100 else 0
    low, middle, high = (f"{f(figures):,.{digits}f}" for f in (min, median, max))
    return f"{middle} ({low}-{high})"


if __name__ == "__main__":
    sys.exit(main())

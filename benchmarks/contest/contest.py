"""A contest is declared by what is special about it, and held in the same way as all."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contest.columns import Column, table
from benchmarks.contest.contestant import Contestant, Measured, Work, measured_apart
from benchmarks.contest.database import execute, own_database
from benchmarks.contest.machine import Machine

FRESH = ("VACUUM ANALYZE", "CHECKPOINT")


class Undone(Exception):
    def __init__(self, contestant: Contestant) -> None:
        super().__init__(f"{contestant.title} has not done all of its work; its figures would mean nothing")


def directory_itself(_: Contestant, directory: Path) -> Path:
    return directory


@dataclass(frozen=True, kw_only=True)
class Contest:
    """`rows` is the default of --rows, for which `contestants` are made.

    `fill` is executed once, `restore` before each turn; %(rows)s are those of --rows, or of the contestant.
    `path` makes ready, in a directory, what a contestant is called with; `is_done` looks at what came of it.
    """

    about: str | None
    rows: int
    contestants: Callable[[int], list[Contestant]]
    columns: Mapping[str, Column]
    is_done: Callable[[Contestant, Path], bool]
    fill: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    path: Callable[[Contestant, Path], Path] = directory_itself


def hold(contest: Contest) -> None:
    """Print the table and the machine that belongs to it. Raises Undone."""
    options = _parser(contest).parse_args()
    found = contest.contestants(options.rows)
    contestants = [each for each in found if each.name in options.only or not options.only]
    machine = Machine()
    with own_database(), tempfile.TemporaryDirectory() as directory:
        execute(contest.fill, options.rows)
        for number in range(options.rounds):
            print(f"Round {number + 1} of {options.rounds}", file=sys.stderr)
            take_turns(contest, contestants, Path(directory))
        print(table(contest.columns, contestants), f"\n{machine}", sep="\n")


def _parser(contest: Contest) -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=contest.about, formatter_class=form)
    names = [each.name for each in contest.contestants(contest.rows)]
    parser.add_argument("--rows", type=int, default=contest.rows, help=f"{contest.rows:,} unless given")
    parser.add_argument("--rounds", type=int, default=3, help="3 unless given")
    only = f"these of {', '.join(names)}"
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="NAME", help=only)
    return parser


def take_turns(
    contest: Contest,
    contestants: Sequence[Contestant],
    directory: Path,
    measure: Callable[[Work, Path], Measured] = measured_apart,
) -> None:
    """One round. Raises Undone where a contestant has not done its work."""
    for each in contestants:
        print(f"    {each.title}", file=sys.stderr, flush=True)
        execute(each.restore or contest.restore, each.rows)
        path = contest.path(each, directory)
        execute(FRESH, each.rows)
        each.rounds.append(measure(each.work, path))
        if not contest.is_done(each, path):
            raise Undone(each)

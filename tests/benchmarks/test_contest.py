"""Every contest with a handful of rows, and what its figures rest upon."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import cleanup_old_data, daily_stats, export_products, import_products, normalize_emails
from benchmarks.contest.columns import ratio, ratio_of_seconds, table
from benchmarks.contest.contest import Contest, Undone, hold, take_turns
from benchmarks.contest.contestant import Contestant, Measured, measured, measured_apart
from benchmarks.contest.database import execute
from benchmarks.contest.machine import Machine

BENCHMARKS = (cleanup_old_data, daily_stats, export_products, import_products, normalize_emails)
CONTESTS = [each.CONTEST for each in BENCHMARKS]
NAMES = [each.__name__ for each in BENCHMARKS]
ROWS = 53


def idle(_: Path) -> None:
    """Does nothing."""


def name_itself(path: Path) -> None:
    path.write_text(str(os.getpid()))


def took(*seconds: float) -> list[Measured]:
    return [Measured(seconds=each, megabytes=1, longest=None) for each in seconds]


@pytest.mark.parametrize("contest", CONTESTS, ids=NAMES)
def test_a_contest_comes_to_a_table(contest: Contest, transactional_db: None, tmp_path: Path) -> None:
    contestants = contest.contestants(ROWS)
    execute(contest.fill, ROWS)

    # Here and now: a process for each of them would take half a minute.
    take_turns(contest, contestants, tmp_path, measured)

    lines = table(contest.columns, contestants).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == [f"| {each.title}" for each in contestants]


@pytest.mark.parametrize("contest", CONTESTS, ids=NAMES)
def test_who_does_nothing_is_found_out(contest: Contest, transactional_db: None, tmp_path: Path) -> None:
    lazy = replace(contest.contestants(ROWS)[0], work=idle)
    execute(contest.fill, ROWS)

    with pytest.raises(Undone, match="has not done all of its work"):
        take_turns(contest, [lazy], tmp_path, measured)


@pytest.mark.parametrize("contest", CONTESTS, ids=NAMES)
def test_the_help_says_the_goals_and_the_contestants(
    contest: Contest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmark", "--help"])

    with pytest.raises(SystemExit):
        hold(contest)

    said = "".join(capsys.readouterr().out.split())
    assert "Goal" in said
    assert [each.name for each in contest.contestants(1) if each.name not in said] == []


def test_a_contestant_is_measured_in_a_process_of_its_own(transactional_db: None, tmp_path: Path) -> None:
    file = tmp_path / "pid"

    found = measured_apart(name_itself, file)

    assert found.seconds > 0
    assert file.read_text() != str(os.getpid())


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    limit = Contestant("limit", "the limit", idle, 100, rounds=took(1, 2, 10))
    other = Contestant("other", "another", idle, 50, limit, rounds=took(1, 2, 1))

    assert (ratio(other), ratio_of_seconds(other)) == ("0.5", "1")


def test_without_its_limit_a_contestant_has_no_ratio() -> None:
    other = Contestant("other", "another", idle, 50, Contestant("limit", "the limit", idle, 100))

    other.rounds.extend(took(1))

    assert ratio(other) == "-"


def test_the_machine_is_named_with_its_load(db: None) -> None:
    assert "PostgreSQL 1" in str(Machine(before=1.25))
    assert "load 1.2 at the begin" in str(Machine(before=1.25))

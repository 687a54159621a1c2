"""What a person sees at a terminal, or in the log of one who is not there."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from jobs import terminal
from jobs.terminal import display, printed, result_lines, table


def state(done: int) -> Any:
    return SimpleNamespace(done=done, total=1000, message="Reading")


def test_without_a_terminal_a_line_comes_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 4.0, 4.0, 5.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    console = Console(file=io.StringIO())

    with display("import_products", verbosity=1, console=console) as shown:
        for done in (1, 500, 600):
            shown.show(state(done))

    assert console.file.getvalue() == "import_products: 500 of 1,000 Reading\n"  # type: ignore[attr-defined]


def test_on_a_terminal_a_bar_is_drawn() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120)

    with display("import_products", verbosity=1, console=console) as shown:
        shown.show(state(500))

    assert "500/1000" in console.file.getvalue()  # type: ignore[attr-defined]


def test_verbosity_0_shows_nothing() -> None:
    console = Console(file=io.StringIO(), force_terminal=True)

    with display("import_products", verbosity=0, console=console) as shown:
        shown.show(state(500))

    assert console.file.getvalue() == ""  # type: ignore[attr-defined]


def test_a_result_is_read_line_by_line() -> None:
    result = {"read": 92331, "dry_run": False, "reasons": {"no name": 528}, "ignored_columns": []}

    assert result_lines(result) == [
        "read             92,331",
        "dry run          no",
        "reasons:",
        "  no name  528",
        "ignored columns  none",
    ]


def test_a_list_of_texts_is_a_line_each() -> None:
    assert result_lines(["Hello, Bob!", "Hello, Bob!"]) == ["Hello, Bob!", "Hello, Bob!"]


def test_a_list_of_records_is_a_line_for_each() -> None:
    result = {"matched": 2, "examples": [{"sku": "A_1", "after": "1.10"}, {"sku": "B", "after": "2.20"}]}

    assert result_lines(result) == [
        "matched   2",
        "examples:",
        "  sku A_1, after 1.10",
        "  sku B, after 2.20",
    ]


def test_no_result_is_no_line() -> None:
    assert result_lines(None) == []


def test_a_table_without_a_terminal_is_a_line_a_row() -> None:
    drawn = table(["RUN", "ERROR"], [("01a1", "x" * 300), ("01a2", "")])

    assert printed(drawn, is_terminal=False).splitlines() == ["RUN   ERROR", f"01a1  {'x' * 300}", "01a2"]


def test_a_table_on_a_narrow_terminal_keeps_what_must_be_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    drawn = table(["RUN", "ERROR"], [("0" * 36, "some words " * 10)], whole=["RUN"])

    lines = printed(drawn, is_terminal=True).splitlines()

    assert any("0" * 36 in line for line in lines)
    assert max(map(len, lines)) <= 60


def test_what_is_sealed_in_a_result_is_not_printed() -> None:
    assert result_lines({"read": 1, "validators": {"$secret": "gAAA"}}) == [
        "read        1",
        "validators  ••••••",
    ]

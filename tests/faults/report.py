"""The figures of a whole run of the fault tests, as docs/reliability.md shows them."""

import fcntl
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.faults.fleet import Count

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "reliability.md"
HEAD = """| fault | rounds | runs | effects | lost | doubled | stuck | made | |
|---|--:|--:|--:|--:|--:|--:|---|---|"""
BEGIN, END = "<!-- figures: make faults -->", "<!-- end of the figures -->"


@dataclass
class Report:
    """Lines of a table by what was done to the service."""

    lines: dict[str, str] = field(default_factory=dict)

    def add(self, fault: str, rounds: int, count: Count, note: str = "") -> None:
        figures = (rounds, count.runs, count.effects, count.lost, count.doubled, count.stuck)
        cells = [fault, *(f"{each:,}" for each in figures), f"{date.today():%Y-%m-%d}", note]
        self.lines[fault] = f"| {' | '.join(cells)} |"

    def write(self) -> None:
        """Into the page, in place of the lines of the same names; another process may do so too."""
        with PAGE.open("r+") as page:
            fcntl.flock(page, fcntl.LOCK_EX)
            before, rest = page.read().split(BEGIN)
            table, after = rest.split(END)
            lines = {line.split(" | ")[0].removeprefix("| "): line for line in table.splitlines()[3:]}
            lines |= self.lines
            table = "\n".join([HEAD, *(lines[name] for name in sorted(lines))])
            page.seek(0)
            page.write(f"{before}{BEGIN}\n{table}\n{END}{after}")
            page.truncate()

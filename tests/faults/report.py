"""The figures of a whole run of the fault tests, as docs/reliability.md shows them."""

import platform
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.faults.fleet import Count

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: make faults -->", "<!-- end of the figures -->"


@dataclass
class Report:
    """Lines of a table by what was done to the service."""

    lines: dict[str, str] = field(default_factory=dict)

    def add(self, fault: str, rounds: int, count: Count, note: str = "") -> None:
        figures = (rounds, count.runs, count.effects, count.lost, count.doubled, count.stuck)
        self.lines[fault] = "| ".join(["", fault, *(f"{each:,}" for each in figures), note]) + " |"

    def write(self) -> None:
        head = "| fault | rounds | runs | effects | lost | doubled | stuck | |"
        table = "\n".join(
            [head, "|---|--:|--:|--:|--:|--:|--:|---|", *(self.lines[name] for name in sorted(self.lines))]
        )
        made = f"Made by `make faults` on {date.today():%d %B %Y}, Python {platform.python_version()}.\n\n"
        text = PAGE.read_text()
        before, rest = text.split(BEGIN)
        _, after = rest.split(END)
        PAGE.write_text(f"{before}{BEGIN}\n{made}{table}\n{END}{after}")

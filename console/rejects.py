"""What a run did not take, by reason, read from the file that its job declares."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from console.control_codes import without_codes
from jobs.job import Rejects
from jobs.models.artifact import Artifact

READ = 2_000_000  # characters of the file at most
GROUPS_SHOWN, EXAMPLES_SHOWN = 20, 3
REASON = "reason"
LONGEST = 80  # characters of a value


@dataclass(frozen=True, kw_only=True)
class Group:
    """`reason` is empty where the file gives none; the examples have a value for each of the columns."""

    reason: str
    count: int
    examples: list[list[str]]


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """`left_out` counts the groups that are not among `groups`; `is_partial`: there is more in the file."""

    artifact: Artifact
    columns: list[str]
    groups: list[Group]
    left_out: int
    is_partial: bool

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def rejected(declared: Rejects | None, artifacts: Iterable[Artifact], result: Any) -> Rejected | None:
    """None where the job declares none, or the run has left none."""
    artifact = next((each for each in artifacts if declared and each.name == declared.file), None)
    path = artifact.found() if artifact else None
    if declared is None or artifact is None or path is None:
        return None
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        text, is_partial = file.read(READ), bool(file.read(1))
    header, rows = _table(text, is_partial)
    counted = result.get(declared.counted) if isinstance(result, dict) else None
    groups = _groups(header, rows, counted if isinstance(counted, dict) else {})
    return Rejected(
        artifact=artifact,
        columns=[name for name in header if name != REASON],
        groups=groups[:GROUPS_SHOWN],
        left_out=len(groups[GROUPS_SHOWN:]),
        is_partial=is_partial,
    )


def _table(text: str, is_partial: bool) -> tuple[list[str], list[list[str]]]:
    rows: list[list[str]] = []
    with suppress(csv.Error):  # What comes behind a field that no one would read is not shown.
        rows.extend(row for row in csv.reader(io.StringIO(text)) if row)
    if is_partial:
        rows = rows[:-1]  # The last one is cut off.
    return (rows[0], rows[1:]) if rows else ([], [])


def _groups(header: list[str], rows: list[list[str]], counted: dict[str, Any]) -> list[Group]:
    """The most frequent first. The result knows the counts of all, the file read up to here perhaps not."""
    place = header.index(REASON) if REASON in header else len(header)
    found: dict[str, list[list[str]]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        reason = row[place] if place < len(row) else ""
        counts[reason] += 1
        if len(found[reason]) < EXAMPLES_SHOWN:
            found[reason].append([_short(value) for value in row[:place] + row[place + 1 :]])
    counts |= {reason: count for reason, count in counted.items() if isinstance(count, int)}
    groups = [
        Group(reason=without_codes(reason), count=count, examples=found.get(reason, []))
        for reason, count in counts.items()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.reason))


def _short(value: str) -> str:
    plain = without_codes(value)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"

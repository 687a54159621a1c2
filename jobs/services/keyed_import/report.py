"""What an import counts, and the report that is made of it.

The counts are kept with the run, so they stand where they stood when it goes on after a crash.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.log import storable
from jobs.services.keyed_import.rows import CheckedRows, Rejection, number_of

REJECTED, IGNORED = "rejected: ", "ignored: "  # before the reasons and the columns among the counts
OF_THE_WRITING = frozenset({"created", "updated", "written"})


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """read = created + updated + unchanged + rejected + repeated.

    `repeated` counts rows whose key comes again further down: the last row wins. `reasons` groups the
    rejected ones. Those of a dry run say what a real one would do.
    """

    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    repeated: int
    reasons: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ImportReport(RowCounts):
    ignored_columns: list[str]
    dry_run: bool


def count(batch: Sequence[CheckedRows], counts: Counter[str]) -> None:
    counts["read"] += number_of(batch)
    for row in batch:
        if isinstance(row, Rejection):
            counts[REJECTED + row.reason] += 1


def meet(ignored_columns: Sequence[str], counts: Counter[str]) -> None:
    """Each with a number that is higher than those of the columns met before."""
    for column in ignored_columns:
        counts.setdefault(IGNORED + storable(column), len(counts))


def forget_reading(counts: Counter[str]) -> None:
    """What was written stays written, and is not counted again when the file is read anew."""
    for name in counts.keys() - OF_THE_WRITING:
        del counts[name]


def report_of(counts: Counter[str], dry_run: bool) -> ImportReport:
    return ImportReport(**row_counts(counts), ignored_columns=ignored_columns_of(counts), dry_run=dry_run)


def row_counts(counts: Counter[str]) -> dict[str, Any]:
    """The fields of RowCounts."""
    reasons = reasons_of(counts)
    rejected = sum(reasons.values())
    return {
        **{name: counts[name] for name in ("read", "created", "updated")},
        "unchanged": counts["rows"] - counts["created"] - counts["updated"],
        "rejected": rejected,
        "repeated": counts["read"] - rejected - counts["rows"],
        "reasons": reasons,
    }


def reasons_of(counts: Counter[str]) -> dict[str, int]:
    """The most frequent first."""
    named = {
        name.removeprefix(REJECTED): count for name, count in counts.items() if name.startswith(REJECTED)
    }
    return dict(sorted(named.items(), key=lambda item: (-item[1], item[0])))


def ignored_columns_of(counts: Counter[str]) -> list[str]:
    named = sorted((number, name) for name, number in counts.items() if name.startswith(IGNORED))
    return [name.removeprefix(IGNORED) for _, name in named]

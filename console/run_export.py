"""Runs as rows of a table, read as they are sent: the server holds no more than a part of them."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from console.presentation import plain
from console.selection import Selection
from jobs.models.run import Run

AT_ONCE = 2_000  # rows of one query
COLUMNS = (
    *("run", "job", "state", "origin", "started_by", "queue", "schedule", "created_at", "started_at"),
    *("finished_at", "attempts", "done", "total", "parameters", "error"),
)


def rows_of(selection: Selection) -> Iterator[Sequence[str]]:
    part = _below(selection, None)
    while part:
        yield from map(_cells, part)
        part = _below(selection, part[-1].pk)


def _below(selection: Selection, key: UUID | None) -> list[Run]:
    runs = selection.runs().select_related("started_by").defer("result", "cursor", "counters", "labels")
    return list((runs.filter(pk__lt=key) if key else runs)[:AT_ONCE])


def _cells(run: Run) -> Sequence[str]:
    by = run.started_by.get_username() if run.started_by else ""
    facts = (run.pk, run.job, run.state, run.origin, by, run.queue, run.schedule)
    times = map(_moment, (run.created_at, run.started_at, run.finished_at))
    parameters = json.dumps(plain(run.parameters), ensure_ascii=False)
    amounts = (run.attempt, run.done, "" if run.total is None else run.total)
    return [str(cell) for cell in (*facts, *times, *amounts, parameters, run.error)]


def _moment(value: datetime | None) -> str:
    return value.isoformat(timespec="seconds") if value else ""

"""Runs as CSV, written as it is read: neither the server nor the browser holds more than a part of it."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async

from console.presentation import without_directory
from console.selection import Selection
from jobs.models.run import Run
from jobs.secret import masked

AT_ONCE = 2_000  # rows of one query
COLUMNS = (
    *("run", "job", "state", "origin", "started_by", "queue", "schedule", "created_at", "started_at"),
    *("finished_at", "attempts", "done", "total", "parameters", "error"),
)
FORMULA = tuple("=+-@\t\r\n\x00＝＋－＠")  # how a spreadsheet's formula begins


async def csv_of(selection: Selection) -> AsyncIterator[bytes]:
    yield _lines([COLUMNS])
    part = await _below(selection, None)
    while part:
        yield _lines(map(_cells, part))
        part = await _below(selection, part[-1].pk)


@sync_to_async
def _below(selection: Selection, key: UUID | None) -> list[Run]:
    runs = selection.runs().select_related("started_by").defer("result", "cursor", "counters", "labels")
    return list((runs.filter(pk__lt=key) if key else runs)[:AT_ONCE])


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def harmless(cell: Any) -> Any:
    """With an apostrophe before what could be a formula; a number below zero is none."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _cells(run: Run) -> Sequence[Any]:
    by = run.started_by.get_username() if run.started_by else ""
    facts = (run.pk, run.job, run.state, run.origin, by, run.queue, run.schedule)
    times = map(_moment, (run.created_at, run.started_at, run.finished_at))
    return (*facts, *times, run.attempt, run.done, run.total, _parameters(run), run.error)


def _moment(value: datetime | None) -> str:
    return value.isoformat(timespec="seconds") if value else ""


def _parameters(run: Run) -> str:
    return json.dumps({name: _shown(value) for name, value in run.parameters.items()}, ensure_ascii=False)


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(each) for each in value]
    return without_directory(value) if isinstance(value, str) else masked(value)

"""Which runs a page lists, by key and not by number: a page number would make the database count."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.db.models import Case, F, Func, IntegerField, JSONField, When
from django.db.models.lookups import LessThan
from psycopg.errors import QueryCanceled

from console.run_filter import Filter
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet

PAGE = 50
COUNTED = 1_000  # at most; past it one reads "more than"
PATIENCE = 2_000  # milliseconds that a search may take
COUNT_PATIENCE = 25  # milliseconds for a number that is nice to have
LONG_PARAMETERS = 8_192  # bytes; past it they are not read for a list
LISTED = (
    "job", "state", "attempt", "done", "total", "message", "origin", "started_by__username", "queue", "error",
    "created_at", "started_at", "finished_at", "wish", "wished_at", "failures", "awaits",
)  # fmt: skip


SIZE = Func(F("parameters"), function="pg_column_size", output_field=IntegerField())
SHOWN_PARAMETERS = Case(When(LessThan(SIZE, LONG_PARAMETERS), then=F("parameters")), output_field=JSONField())


@dataclass(frozen=True, kw_only=True)
class Page:
    """`older` and `newer` are the keys beside which the next pages begin, None where there are none.

    `is_stopped`: the search took too long. `count` is None where counting did.
    """

    runs: list[Run]
    older: uuid.UUID | None = None
    newer: uuid.UUID | None = None
    is_stopped: bool = False
    count: int | None = None

    @property
    def counted(self) -> int:
        return min(self.count or 0, COUNTED)

    @property
    def is_more_than_counted(self) -> bool:
        return self.count is not None and self.count > COUNTED


def page_of(asked: Filter, *, before: uuid.UUID | None = None, after: uuid.UUID | None = None) -> Page:
    """The latest, or those next to that key."""
    if asked.problems:
        return Page(runs=[])
    found: list[Run] | None = None
    count = None
    try:
        with transaction.atomic():
            _be_patient_for(PATIENCE)
            found = _found(asked, before, after)
            count = _count(asked, found, is_first=not (before or after))
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
    if found is None:
        return Page(runs=[], is_stopped=True)
    return _page(found, count, before, after)


def _be_patient_for(milliseconds: int) -> None:
    """With each of the following statements of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])


def _found(asked: Filter, before: uuid.UUID | None, after: uuid.UUID | None) -> list[Run]:
    """One more than a page has, the next ones first."""
    runs = listed().annotate(shown_parameters=SHOWN_PARAMETERS).filter(asked.search)
    if after:
        return list(runs.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
    return list((runs.filter(pk__lt=before) if before else runs).latest_first()[: PAGE + 1])


def _count(asked: Filter, found: list[Run], *, is_first: bool) -> int:
    if is_first and len(found) <= PAGE:
        return len(found)
    _be_patient_for(COUNT_PATIENCE)
    # In the order of the list, so that the database goes the same way.
    return Run.objects.filter(asked.search).latest_first()[: COUNTED + 1].count()


def _page(found: list[Run], count: int | None, before: uuid.UUID | None, after: uuid.UUID | None) -> Page:
    runs, has_more = found[:PAGE], len(found) > PAGE
    if after:
        runs.reverse()
    has_older, has_newer = (bool(runs), has_more) if after else (has_more, bool(before and runs))
    return Page(
        runs=runs,
        count=count,
        older=runs[-1].pk if has_older else None,
        newer=runs[0].pk if has_newer else None,
    )


def latest_of(jobs: Collection[str]) -> dict[str, Run]:
    """The last run of each job that has one: one statement, with one look into the index for each job."""
    latest = [listed().filter(job=job).latest_first()[:1] for job in jobs]
    runs = latest[0].union(*latest[1:], all=True) if latest else ()
    return {run.job: run for run in runs}


def recent_of(job: str, count: int = 10) -> list[Run]:
    return list(listed().filter(job=job).latest_first()[:count])


def listed() -> RunQuerySet:
    """Without the columns that may be long."""
    return Run.objects.select_related("started_by").only(*LISTED)

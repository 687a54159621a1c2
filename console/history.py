"""Which runs a page lists."""

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import User

from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.state import ACTIVE, State

PAGE = 50
LISTED = (
    "job", "state", "attempt", "done", "total", "message", "origin", "started_by__username",
    "created_at", "started_at", "finished_at", "wish", "wished_at", "failures",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the address asks for; what it cannot mean is left out."""

    job: str = ""
    state: str = ""
    before: uuid.UUID | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.job or self.state)

    def query(self, before: uuid.UUID | None = None) -> str:
        """The query string of the page below that run."""
        asked = {"job": self.job, "state": self.state, "before": before and str(before)}
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, kw_only=True)
class Page:
    """`older` is the query string of the next page, empty on the last."""

    runs: list[Run]
    older: str


def page_of(asked: Filter, person: User) -> Page:
    """By key and not by number: a page number would make the database count all rows before it."""
    runs = listed().visible_to(person).latest_first()
    if asked.job:
        runs = runs.filter(job=asked.job)
    if asked.state:
        runs = _in_state(runs, State(asked.state))
    if asked.before:
        runs = runs.filter(pk__lt=asked.before)
    found = list(runs[: PAGE + 1])
    older = asked.query(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return Page(runs=found[:PAGE], older=older)


def listed() -> RunQuerySet:
    """Without the columns that may be long."""
    return Run.objects.select_related("started_by").only(*LISTED)


def _in_state(runs: RunQuerySet, state: State) -> RunQuerySet:
    # The partial indexes know the end, not the state.
    return runs.filter(state=state, finished_at__isnull=state in ACTIVE)

"""Which run somebody means: its id, or a beginning of it that no other has."""

from collections.abc import Iterable

from jobs.exceptions import NightshiftError
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.run_search import beginning_with

CANDIDATES = 5  # listed of those that a beginning may mean


class UnknownRun(NightshiftError):
    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"There is no run {text!r}; these are the latest: python manage.py runs list")


class AmbiguousRun(NightshiftError):
    def __init__(self, text: str, candidates: Iterable[Run], *, are_all: bool) -> None:
        self.text = text
        lines = [f"  {run.pk}  {run.job}, {run.state}" for run in candidates]
        more = [] if are_all else ["  and more"]
        super().__init__(
            "\n".join([f"{text!r} begins the ids of several runs; give more of it:", *lines, *more])
        )


def find_run(text: str, among: RunQuerySet | None = None) -> Run:
    """Raises UnknownRun and AmbiguousRun, which names those that it may be."""
    wanted, runs = beginning_with(text), Run.objects.all() if among is None else among
    found = list(runs.filter(wanted).latest_first()[: CANDIDATES + 1]) if wanted else []
    if not found:
        raise UnknownRun(text)
    if len(found) > 1:
        raise AmbiguousRun(text, found[:CANDIDATES], are_all=len(found) <= CANDIDATES)
    return found[0]

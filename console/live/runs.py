"""The list of runs, as it lives: rows that are not over, and how many runs are newer than the first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from console.history import PAGE, Page, listed
from console.live.picture import Picture
from console.run_filter import Filter
from console.selection import key_of
from jobs.catalog import JOBS
from jobs.models.run import Run
from jobs.models.run_search import first_key

NEWS = 100  # more are not counted
ALL = ""  # jobs


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a page watches. `newest` is None where it does not show the latest; no `jobs` are all of them."""

    newest: UUID | None
    jobs: frozenset[str]
    rows: tuple[UUID, ...]


def topic_of(asked: Filter, page: Page, *, is_first: bool) -> str:
    """Of a filter that asks for more than jobs, what is new cannot be told without asking for each page."""
    newest = page.runs[0].pk if page.runs else first_key(timezone.now())
    is_told = is_first and asked.is_only_of("job") and not asked.problems
    rows = [run.pk.hex for run in page.runs if not run.is_final]
    if not rows and not is_told:
        return ""
    head = [newest.hex, *asked.values("job")] if is_told else []
    return f"runs:{','.join(head)}/{','.join(rows)}"


def read(keys: Collection[str]) -> Mapping[str, Picture]:
    watched = {key: _watched(key) for key in keys}
    runs = listed().public().in_bulk({pk for each in watched.values() for pk in each.rows})
    news = _newer(watched.values())
    return {key: _picture(each, runs, news) for key, each in watched.items()}


def _newer(watched: Collection[Watched]) -> Collection[tuple[UUID, str]]:
    """Of each job that is asked for by itself: among all runs a busy one would leave out the others."""
    since: dict[str, UUID] = {}
    for each in watched:
        for job in each.jobs or [ALL]:
            if each.newest and (job == ALL or job in JOBS):
                since[job] = min(each.newest, since.get(job, each.newest))
    runs = Run.objects.public().latest_first().values_list("pk", "job")
    parts = [
        runs.filter(Q() if job == ALL else Q(job=job), pk__gt=newest)[:NEWS] for job, newest in since.items()
    ]
    return set(parts[0].union(*parts[1:], all=True)) if parts else ()


def _watched(key: str) -> Watched:
    head, _, rows = key.partition("/")
    newest, *jobs = head.split(",")
    found = [pk for text in rows.split(",")[:PAGE] if (pk := key_of(text))]
    return Watched(newest=key_of(newest), jobs=frozenset(jobs), rows=tuple(found))


def _picture(watched: Watched, found: Mapping[UUID, Run], news: Collection[tuple[UUID, str]]) -> Picture:
    runs = [found[pk] for pk in watched.rows if pk in found]
    count = sum(
        pk > watched.newest and (not watched.jobs or job in watched.jobs)
        for pk, job in news
        if watched.newest
    )
    facts = (
        (run.pk, run.state, run.wish, run.awaits, run.done, run.total, run.attempt, run.error) for run in runs
    )
    return Picture(render=partial(_regions, runs, count), fingerprint=(count, *facts))


def _regions(runs: Sequence[Run], count: int) -> Mapping[str, str]:
    regions = {"news": render_to_string("console/runs_news.html", {"count": count, "is_more": count >= NEWS})}
    for run in runs:
        regions[f"state-{run.pk}"] = render_to_string("console/runs_state.html", {"run": run})
        regions[f"length-{run.pk}"] = render_to_string("console/runs_length.html", {"run": run})
        regions[f"error-{run.pk}"] = render_to_string("console/runs_error.html", {"run": run})
    return regions

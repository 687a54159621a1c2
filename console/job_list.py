"""The jobs by subject, each with how its last runs went and when it runs next."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from console.strip import RUNS, Strip, strip_of
from jobs.catalog import JOBS
from jobs.job import Job
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.run_indexes import OF_WANTED
from jobs.models.state import State
from jobs.usual import usual_durations
from tasks.plan import Plan, plans

SILENT_AFTER = timedelta(days=90)
LOOKED_AT = 3_000  # runs of a job; where more of them wait in a row, what ended before is not looked for
# For each job one look into its index, which goes no further back than it has to.
LATEST = f"""
SELECT run.* FROM unnest(%s::text[]) AS wanted (name) CROSS JOIN LATERAL (
    SELECT * FROM (
        SELECT id, job, state, awaits, failures, wish, attempt, created_at, started_at, finished_at
        FROM jobs_run
        WHERE {OF_WANTED}
        ORDER BY job DESC, id DESC LIMIT %s
    ) AS latest
    WHERE state <> 'queued' ORDER BY job DESC, id DESC LIMIT %s
) AS run
"""  # noqa: S608 nothing of anybody's is in it


@dataclass(frozen=True, kw_only=True)
class Listed:
    """`last` is the last run that has ended, `usual` the median; `next_slot` is in its schedule's zone."""

    job: Job
    last: Run | None
    strip: Strip
    usual: timedelta | None
    running: int
    queued: int
    next_slot: datetime | None
    hint: str
    is_paused: bool

    @property
    def words(self) -> str:
        """What a search looks through."""
        job = self.job
        return " ".join((job.name, job.title, job.subject, job.summary)).casefold()

    @property
    def fingerprint(self) -> tuple[object, ...]:
        last = self.last and (self.last.pk, self.last.state, self.last.wish)
        counts = self.running, self.queued
        return last, self.strip.bars, self.usual, counts, self.next_slot, self.hint, self.is_paused


@dataclass(frozen=True, kw_only=True)
class Subject:
    name: str
    jobs: list[Listed]


def subjects(wanted: str = "", hidden: Collection[str] = ()) -> list[Subject]:
    """In the order of the catalog; of the jobs those in whose words each of those wanted is."""
    found: dict[str, list[Listed]] = defaultdict(list)
    for each in listed():
        if each.job.name not in hidden and all(word in each.words for word in wanted.casefold().split()):
            found[each.job.subject].append(each)
    return [Subject(name=name, jobs=jobs) for name, jobs in found.items()]


def listed() -> list[Listed]:
    """Every job of the catalog, with five queries."""
    now = timezone.now()
    runs, usual, active = _latest(JOBS), usual_durations(JOBS), _active()
    schedules, paused = _by_job(plans()), Queue.objects.paused()
    return [
        Listed(
            job=job,
            last=next((run for run in runs[name] if run.is_final), None),
            strip=strip_of(runs[name]),
            usual=usual[name].median if name in usual else None,
            running=active[name, State.RUNNING],
            queued=active[name, State.QUEUED],
            next_slot=_next(schedules[name], now),
            hint=_hint(runs[name], schedules[name], now),
            is_paused=job.queue in paused,
        )
        for name, job in JOBS.items()
    ]


def _active() -> Counter[tuple[str, str]]:
    """How many runs each job has in each state, of those that have not ended."""
    counts = Run.objects.filter(finished_at=None).values_list("job", "state").annotate(count=Count("pk"))
    return Counter({(job, state): count for job, state, count in counts.order_by()})


def _latest(jobs: Collection[str]) -> Mapping[str, list[Run]]:
    """The last runs of each job that have begun or ended, newest first."""
    found: dict[str, list[Run]] = defaultdict(list)
    for run in Run.objects.raw(LATEST, [list(jobs), LOOKED_AT, RUNS]):
        found[run.job].append(run)
    return found


def _by_job(schedules: Iterable[Plan]) -> Mapping[str, list[Plan]]:
    found: dict[str, list[Plan]] = defaultdict(list)
    for each in schedules:
        found[each.job].append(each)
    return found


def _next(schedules: Iterable[Plan], now: datetime) -> datetime | None:
    return min((slot for each in schedules for slot in each.coming(now)), default=None)


def _hint(runs: list[Run], schedules: Iterable[Plan], now: datetime) -> str:
    """What one would not see by looking for it: that nothing happens any more."""
    if any(each.overdue(now) for each in schedules):
        return "Overdue by its schedule"
    if runs and now - runs[0].created_at >= SILENT_AFTER:
        return f"Last ran {(now - runs[0].created_at).days} days ago"
    return ""

"""Schedules as a list shows them: all, or those of a job, read by the same few questions however many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django_celery_beat.models import PeriodicTask

from console.slots import SHOWN, Mark, Strip
from jobs import access
from jobs.catalog import JOBS
from jobs.models.heartbeat import Heartbeat
from jobs.models.run import Run
from jobs.models.slot import Slot
from tasks.coming import zone_of
from tasks.drift import not_in_database
from tasks.plan import all_schedules
from tasks.timetable import Entry, absent, entry_of


@dataclass(frozen=True, kw_only=True)
class Row:
    """`last` is its latest slot, `run` the run of that one."""

    schedule: PeriodicTask
    entry: Entry
    strip: Strip
    last: Mark | None
    run: Run | None
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class Schedules:
    """`missing` are the catalog's that are not in the database."""

    rows: list[Row]
    missing: list[Entry]
    is_kept: bool


def all_rows() -> Schedules:
    """Without those of private jobs, since all who look share it."""
    private, schedules = access.private_jobs(), list(all_schedules())
    missing = not_in_database({each.name for each in schedules})
    return Schedules(
        rows=_rows([each for each in schedules if each.task not in private]),
        missing=[absent(job) for job in missing if job.name not in private],
        is_kept=is_kept(),
    )


def schedules_of(job: str) -> list[Row]:
    """For console/schedule_lines.html."""
    return _rows(list(all_schedules().filter(task=job)))


def is_kept() -> bool:
    """Whether a beat is there."""
    return Heartbeat.objects.fresh("beat").exists()


def _rows(schedules: Sequence[PeriodicTask]) -> list[Row]:
    texts = Slot.objects.strips([each.name for each in schedules], SHOWN)
    strips = [Strip(text=texts[each.name], zone=zone_of(each)) for each in schedules]
    wanted = {strip.marks[0].run for strip in strips if strip.marks and strip.marks[0].run}
    runs = Run.objects.only("state", "awaits", "failures", "wish").in_bulk(wanted)
    by_key = {str(pk): run for pk, run in runs.items()}
    return [_row(each, strip, by_key) for each, strip in zip(schedules, strips, strict=True)]


def _row(schedule: PeriodicTask, strip: Strip, runs: Mapping[str, Run]) -> Row:
    last = next(iter(strip.marks), None)
    return Row(
        schedule=schedule,
        entry=entry_of(schedule, last),
        strip=strip,
        last=last,
        run=runs.get(last.run) if last else None,
        is_known=schedule.task in JOBS,
    )

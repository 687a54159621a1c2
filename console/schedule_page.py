"""All that the page of a schedule shows beside its form."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from console.presentation import Shown, shown
from console.schedule_rows import is_kept
from console.slots import SHOWN, Strip
from jobs.catalog import JOBS
from jobs.exceptions import NightshiftError
from jobs.job import Job, Overlap
from jobs.models.slot import Slot
from tasks.coming import Outlook, outlook, zone_of
from tasks.ledger import given
from tasks.slots import Unreadable
from tasks.timetable import Entry, entry_of

LATEST, FIRST = 3, 6  # slots
OVERLAPS = {
    Overlap.ALLOW: "Its runs may overlap.",
    Overlap.SKIP: "One at a time: a slot that finds it active is skipped.",
    Overlap.QUEUE: "One after the other: a run waits until the one before has ended.",
}


@dataclass(frozen=True, kw_only=True)
class SchedulePage:
    """`job` is None where it is gone; `history` begins with the latest slot; the catalog may have it too."""

    schedule: PeriodicTask
    job: Job | None
    entry: Entry
    parameters: Shown
    overlap: str
    strip: Strip
    history: Sequence[Slot]
    is_kept: bool
    can_return: bool

    @property
    def first(self) -> list[Slot]:
        """What to look at first: the latest slots, and those that have no run."""
        shown = [slot for at, slot in enumerate(self.history) if at < LATEST or slot.can_be_made_up]
        return shown[:FIRST]

    @property
    def can_reset(self) -> bool:
        return bool(self.entry.drift) and self.can_return


def schedule_page(schedule: PeriodicTask) -> SchedulePage:
    job = JOBS.get(schedule.task)
    slots = list(Slot.objects.filter(schedule=schedule.name).latest_first()[:SHOWN])
    entry = entry_of(schedule, slots[0] if slots else None)
    declared = JOBS.get(schedule.name)
    return SchedulePage(
        schedule=schedule,
        job=job,
        entry=entry,
        parameters=_parameters(schedule, job),
        overlap=_overlap(job) if job else "",
        strip=Strip(text=Slot.objects.strips([schedule.name], SHOWN)[schedule.name], zone=zone_of(schedule)),
        history=slots,
        is_kept=is_kept(),
        can_return=bool(declared and declared.schedule),
    )


def outlook_of(schedule: PeriodicTask) -> Outlook | None:
    """The next times, as they would be were it on; None where it cannot be read."""
    is_on, schedule.enabled = schedule.enabled, True
    try:
        return outlook(schedule, timezone.now())
    except Unreadable:
        return None
    finally:
        schedule.enabled = is_on


def _parameters(schedule: PeriodicTask, job: Job | None) -> Shown:
    try:
        return shown(given(schedule, job) if job else schedule.kwargs)
    except (NightshiftError, ValueError) as error:
        return Shown(text=str(error))


def _overlap(job: Job) -> str:
    lanes = f" Counted for each {' and '.join(job.overlap_by)} by itself." if job.overlap_by else ""
    limit = f" At most {job.at_most} of its runs at once." if job.at_most else ""
    return f"{OVERLAPS[job.overlap]}{limit}{lanes}"

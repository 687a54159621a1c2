"""What a person has to say before a run of theirs is written: a count, a reason; and what they may name."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from jobs import audit
from jobs.access import may_see, may_start
from jobs.catalog import JOBS
from jobs.exceptions import NotAllowed, NotConfirmed, WrongParameters
from jobs.job import Job
from jobs.models.run import Run
from jobs.models.run_queryset import lock_out_others
from jobs.models.state import Awaits, State
from jobs.risk import PREVIEW_IS_GOOD_FOR, Risk

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_PREVIEWS = 100  # looked at, of the last hour


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """`count` as it was typed, with or without separators."""

    count: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """What was asked for was said; `awaits` is who has to speak next."""

    awaits: Awaits
    facts: Mapping[str, Any]

    def keep(self, run: Run) -> None:
        audit.write("confirmed", run.pk, user=run.started_by, job=run.job, **self.facts)


def confirm(
    job: Job, parsed: Mapping[str, Any], person: "User", said: Confirmation | None = None
) -> Confirmed | None:
    """In the transaction that writes the run; None where there is nothing to confirm.

    Raises NotAllowed and NotConfirmed.
    """
    _refuse_jobs_named(job, parsed, person)
    if job.risk is None or parsed.get("dry_run"):
        return None
    said = said or Confirmation()
    # Of two that go by the same preview, one waits here, and finds it spent.
    lock_out_others(job.name)
    preview = _previewed(job, job.risk, parsed, said) if job.risk.counted else None
    if job.risk.reason and not said.reason.strip():
        raise NotConfirmed("reason", f"Say why {job.name} is to run: the reason is kept in the audit")
    return Confirmed(
        awaits=Awaits.PERSON if job.risk.approval else Awaits.NOTHING,
        facts={
            "reason": said.reason.strip(),
            "preview": preview and preview.pk,
            "counted": preview and f"{count_of(job.risk, preview):,} {words(job.risk)}",
        },
    )


def refuse_to_schedule(job: Job, parsed: Mapping[str, Any], person: "User") -> None:
    """What is run by the clock, nobody confirms. Raises NotAllowed."""
    _refuse_jobs_named(job, parsed, person)
    if not may_start(person, job.name):
        raise NotAllowed(f"You may not run {job.name}, so you do not say with what a schedule runs it either")
    if job.risk and job.risk.approval:
        raise NotAllowed(
            f"A run of {job.name} waits for the approval of a second person, whom a schedule does not have: "
            "only the catalog says what runs by the clock without it"
        )


def preview_of(job: Job, risk: Risk, parsed: Mapping[str, Any]) -> Run | None:
    """The last finished preview with these parameters, if it is young enough to go by.

    A run for real changes what there is to count: every preview before it is spent.
    """
    since = _last_change(job, timezone.now() - PREVIEW_IS_GOOD_FOR)
    recent = Run.objects.filter(
        job=job.name, state=State.SUCCEEDED, finished_at__gte=since, parameters__dry_run=True
    )
    wanted = {**parsed, "dry_run": True}
    for run in recent.only("parameters", "result").latest_first()[:MOST_PREVIEWS]:
        # Parsed, since a secret is stored in another way each time, and a default may be left out.
        with suppress(WrongParameters):
            if job.parameters.parse(run.parameters) == wanted and count_of(risk, run) is not None:
                return run
    return None


def _last_change(job: Job, since: datetime) -> datetime:
    """When a run for real ended, or may still be at it; one that has not begun was made by then."""
    recent = Q(finished_at=None) | Q(finished_at__gte=since)
    real = Run.objects.filter(recent, job=job.name).exclude(parameters__contains={"dry_run": True})
    times, now = real.values_list("created_at", "started_at", "finished_at"), timezone.now()
    return max([since, *(ended or (now if begun else made) for made, begun, ended in times)])


def count_of(risk: Risk, preview: Run) -> int | None:
    """What the preview has counted."""
    count = preview.result.get(risk.counted) if isinstance(preview.result, dict) else None
    return count if isinstance(count, int) else None


def words(risk: Risk) -> str:
    return risk.counted.replace("_", " ")


def _previewed(job: Job, risk: Risk, parsed: Mapping[str, Any], said: Confirmation) -> Run:
    preview = preview_of(job, risk, parsed)
    count = preview and count_of(risk, preview)
    if preview is None or count is None:
        sentence = f"Preview it first: {job.name} is run for real within an hour of a finished preview with"
        raise NotConfirmed(
            "count", f"{sentence} the same parameters, once for each; what the preview counts, you type here"
        )
    typed = said.count.strip().replace(",", "").replace(" ", "")
    if typed != str(count):
        what = "is not what its preview has counted" if typed else "is missing"
        raise NotConfirmed(
            "count", f"The count {what}: type {count:,} for {count:,} {words(risk)}, as the preview says"
        )
    return preview


def _refuse_jobs_named(job: Job, parsed: Mapping[str, Any], person: "User") -> None:
    """Who may start a job that runs others by name has no more rights to those others by it."""
    for name in (parsed.get(job.jobs_named_in) or ()) if job.jobs_named_in else ():
        # One that they may not see is to them as one that is not there.
        if name not in JOBS or not may_see(person, name):
            raise NotAllowed(f"There is no job named {name!r} that {job.name} could start for you")
        if not may_start(person, name):
            raise NotAllowed(f"You may not start {name}, so {job.name} does not start it for you either")
        if JOBS[name].risk is not None:
            raise NotAllowed(f"{name} has to be confirmed by itself; start it from its own page")

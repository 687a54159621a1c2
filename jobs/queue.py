"""The one way into the queue: every door writes its run here, in the caller's transaction."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from jobs.confirmation import Confirmation, confirm
from jobs.exceptions import KeyRefused, OverlapRefused
from jobs.job import Job, Overlap
from jobs.models.run import Origin, Run
from jobs.models.run_queryset import lock_out_others
from jobs.output import refuse_output

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def _nobody_listens(run: Run) -> None:
    """Until the room of tasks has said how a run is published."""


announce: Callable[[Run], None] = _nobody_listens


def enqueue(
    job: Job,
    raw: Mapping[str, Any],
    *,
    origin: Origin,
    started_by: "User | None" = None,
    schedule: str = "",
    not_before: datetime | None = None,
    queue: str | None = None,
    priority: int | None = None,
    parent: Run | None = None,
    pk: UUID | None = None,
    key: str = "",
    is_announced: bool = True,
    confirmation: Confirmation | None = None,
) -> Run:
    """Write the run, and announce it once the caller's transaction has committed.

    `key` is the caller's name for this work: the run that has it already is returned, as long as the record
    keeps it. Raises WrongParameters; KeyRefused where that run has other parameters; OverlapRefused where the
    job skips a run while another is active.
    With `started_by`, a person stands behind it, and `confirmation` is what they have said for a risky job.
    Then it raises NotConfirmed too, and NotAllowed where they name a job that they may not start; and the
    run may wait for the approval of another.
    """
    parsed = job.parameters.parse(raw)
    refuse_output(job, parsed, origin, is_here=not is_announced)
    parameters = job.parameters.dump(parsed)
    values: dict[str, Any] = {
        **{"job": job.name, "parameters": parameters, "lane": job.lane(parameters)},
        **{"queue": queue or job.queue, "priority": job.priority if priority is None else priority},
        **{"origin": origin, "started_by": started_by, "schedule": schedule, "parent": parent, "key": key},
        **_due(not_before),
        **({"pk": pk} if pk else {}),
    }
    write = partial(_written, job, parsed, values, is_announced, confirmation)
    return _once(job, parsed, key, write) if key else write()


def _once(job: Job, parsed: Mapping[str, Any], key: str, write: Callable[[], Run]) -> Run:
    if known := _of_key(job, key, parsed):
        return known
    try:
        return write()
    except (IntegrityError, OverlapRefused):
        # Somebody else had the same key in the same moment; anything else is not ours to explain.
        if known := _of_key(job, key, parsed):
            return known
        raise


def _written(
    job: Job,
    parsed: Mapping[str, Any],
    values: Mapping[str, Any],
    is_announced: bool,
    confirmation: Confirmation | None,
) -> Run:
    person = values["started_by"] if values["parent"] is None else None
    # One statement is a transaction by itself, at a third of the round trips.
    is_alone = job.overlap != Overlap.SKIP and not (person and job.risk)
    is_one_statement = is_alone and not connection.in_atomic_block
    with nullcontext() if is_one_statement else transaction.atomic():
        confirmed = confirm(job, parsed, person, confirmation) if person else None
        refuse_overlap(job, values["lane"])
        run = Run.objects.create(**values, awaits=confirmed.awaits if confirmed else "")
        if confirmed:
            confirmed.keep(run)
        if is_announced and not run.awaits:
            # No partial: where it raises, Django wants to log a __qualname__, which a partial does not have.
            transaction.on_commit(lambda: announce(run), robust=True)
    return run


def _of_key(job: Job, key: str, parsed: Mapping[str, Any]) -> Run | None:
    run = Run.objects.filter(job=job.name, key=key).first()
    # Parsed, since a secret is stored in another way each time.
    if run and job.parameters.parse(run.parameters) != parsed:
        raise KeyRefused(job.name, key, str(run.pk))
    return run


def _due(not_before: datetime | None) -> dict[str, Any]:
    if not_before:
        return {"not_before": not_before, "publish_after": not_before}
    # Published at the commit: the dispatcher has to look at it only if nobody took it by then.
    return {"publish_after": Now() + timedelta(seconds=settings.REPUBLISH_AFTER_SECONDS)}


def refuse_overlap(job: Job, lane: str) -> None:
    """Raises OverlapRefused; where it does not, no other run of the lane can appear before the commit."""
    if job.overlap != Overlap.SKIP:
        return
    lock_out_others(job.name)
    if active := Run.objects.active().filter(job=job.name, lane=lane).values_list("pk", flat=True).first():
        raise OverlapRefused(job.name, str(active))

"""The one way into the queue: every door writes its run here, in the caller's transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from jobs.exceptions import OverlapRefused
from jobs.job import Job, Overlap
from jobs.models.run import Origin, Run, lock_out_others

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
) -> Run:
    """Write the run, and announce it once the caller's transaction has committed.

    Raises WrongParameters, and OverlapRefused where the job skips a run while another is active.
    """
    parameters = job.parameters.dump(job.parameters.parse(raw))
    due: dict[str, Any] = {"not_before": not_before} if not_before else {}
    # Published at the commit: the dispatcher has to look at it only if nobody took it by then.
    again = timedelta(seconds=settings.REPUBLISH_AFTER_SECONDS)
    with transaction.atomic():
        refuse_overlap(job)
        run = Run.objects.create(
            job=job.name,
            parameters=parameters,
            queue=queue or job.queue,
            priority=job.priority if priority is None else priority,
            origin=origin,
            started_by=started_by,
            schedule=schedule,
            parent=parent,
            publish_after=not_before or Now() + again,
            **({"pk": pk} if pk else {}),
            **due,
        )
        # No partial: where it raises, Django wants to log a __qualname__, which a partial does not have.
        transaction.on_commit(lambda: announce(run), robust=True)
    return run


def refuse_overlap(job: Job) -> None:
    """Raises OverlapRefused; where it does not, no other run of the job can appear before the commit."""
    if job.overlap != Overlap.SKIP:
        return
    lock_out_others(job.name)
    if active := Run.objects.active().filter(job=job.name).values_list("pk", flat=True).first():
        raise OverlapRefused(job.name, str(active))

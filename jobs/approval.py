"""The second person: what waits for one is approved or declined by somebody who has not started it."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now

from jobs import queue
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.state import Awaits, State

if TYPE_CHECKING:
    from django.contrib.auth.models import User

APPROVE = "jobs.approve_run"


def waits_for_approval(run: Run) -> bool:
    return run.awaits == Awaits.PERSON and not run.is_final


def may_decide(person: "User", run: Run) -> bool:
    return person.has_perm(APPROVE) and run.started_by_id != person.pk


def approve(run: Run, person: "User") -> bool:
    """Whether it goes on now: it was there to be decided on, and not theirs."""
    due = Greatest(Now(), F("not_before"))
    if not _to_decide(run, person).update(awaits=Awaits.NOTHING, publish_after=due):
        return False
    run.refresh_from_db()
    if run.state == State.QUEUED:
        transaction.on_commit(lambda: queue.announce(run), robust=True)
    return True


def decline(run: Run, person: "User", reason: str) -> bool:
    """Whether it is cancelled now."""
    sentence = f"Declined by {person.get_username()}: {reason}"
    ended = {"state": State.CANCELLED, "error": sentence, "finished_at": Now(), "awaits": Awaits.NOTHING}
    return bool(_to_decide(run, person).update(**ended))


def _to_decide(run: Run, person: "User") -> RunQuerySet:
    waiting = Run.objects.filter(pk=run.pk, awaits=Awaits.PERSON, state__in=(State.QUEUED, State.PAUSED))
    return waiting.exclude(started_by=person)

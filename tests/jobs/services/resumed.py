"""A recorded run that is cut off again and again until it is done."""

from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from typing import Any

from django.db.models.functions import Now

from jobs.models import Run
from jobs.models.state import State
from jobs.progress import Progress
from tests.jobs.services.interrupted import CutOff, Interrupted

# By turns an attempt loses its first batch before the commit, and itself behind it.
CUTS = (2, 1)


def until_done(job: str, call: Callable[[Progress], Any]) -> Any:
    """What the last attempt of one run returned; it comes after the end, as if that had not been written."""
    run = Run.objects.create(job=job)
    for cut_at in cycle(CUTS):
        with suppress(CutOff):
            call(Interrupted(_claimed(run), cut_at))
            return call(Interrupted(_claimed(run), cut_at=0))
    return None


def _claimed(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, not_before=Now())
    claimed = Run.objects.claim(run.pk, worker="tests", jobs=[run.job])
    assert claimed is not None
    return claimed

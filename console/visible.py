"""What a person may see: everything, but for jobs that are private to others, and their runs."""

import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404
from django.shortcuts import get_object_or_404

from console.permissions import RUN, demand
from jobs import catalog
from jobs.access import hidden_from
from jobs.exceptions import UnknownJob
from jobs.job import Job
from jobs.models.run import Run

NO_RUN = "No run has this id; it may have been deleted by cleanup_runs"


def jobs_seen_by(person: User | AnonymousUser) -> list[Job]:
    hidden = hidden_from(person)
    return [job for name, job in catalog.JOBS.items() if name not in hidden]


def job_or_404(person: User, name: str) -> Job:
    """What one may not see is as what is not there. Raises Http404."""
    hidden = hidden_from(person)
    try:
        if name in hidden:
            raise UnknownJob(name, catalog.JOBS.keys() - hidden)
        return catalog.get(name)
    except UnknownJob as unknown:
        raise Http404(str(unknown)) from unknown


def job_to_start(person: User, name: str) -> Job:
    """Looked for first: 403 for one that they may not see would say that it is there.

    Raises Http404 and PermissionDenied.
    """
    job = job_or_404(person, name)
    demand(person, RUN, name)
    return job


def run_or_404(person: User, pk: uuid.UUID) -> Run:
    """Raises Http404."""
    return get_object_or_404(Run.objects.visible_to(person), pk=pk)


def refuse_hidden(person: User | AnonymousUser, pk: uuid.UUID) -> None:
    """For what belongs to a run. Raises Http404 where that run is not to be seen."""
    if not is_visible(person, pk):
        raise Http404(NO_RUN)


def is_visible(person: User | AnonymousUser, pk: uuid.UUID) -> bool:
    """Asks the database only where there is something that this person may not see."""
    hidden = hidden_from(person)
    return not (hidden and Run.objects.filter(pk=pk, job__in=hidden).exists())

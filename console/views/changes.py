"""What people create below a run: its pause, resumption, cancellation or kill, a retry, a real run."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from console.audit import record
from console.changing import change
from console.permissions import CANCEL, PAUSE, RETRY, RUN, SignedInRequest, demand
from jobs import asking, catalog
from jobs.exceptions import NightshiftError
from jobs.models.run import Origin, Run
from jobs.queue import enqueue
from jobs.wording import phase


@change(CANCEL)
def cancel_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _ask(request, pk, asking.CANCEL)


@change(PAUSE)
def pause_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _ask(request, pk, asking.PAUSE)


@change(PAUSE)
def resume_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _ask(request, pk, asking.RESUME)


@change(CANCEL)
def kill_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _ask(request, pk, asking.KILL)


@change(RETRY)
def retry_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _run_again(request, pk)


@change(RETRY)
def run_for_real(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _run_again(request, pk, dry_run=False)


def _ask(request: SignedInRequest, pk: uuid.UUID, verb: asking.Verb) -> HttpResponse:
    run = get_object_or_404(Run.objects.only("state", "wish"), pk=pk)
    for answer in asking.ask(verb, [run]):
        if not answer.is_granted:
            messages.info(request, f"There was nothing to {verb.name}: the run is {phase(answer.run)}.")
        record(request, f"asked to {verb.name}", pk, before=phase(run), after=phase(answer.run))
    return redirect("run", pk)


def _run_again(request: SignedInRequest, pk: uuid.UUID, **changes: Any) -> HttpResponse:
    run = get_object_or_404(Run, pk=pk)
    demand(request.user, RUN, run.job)
    try:
        job = catalog.get(run.job)
        new = enqueue(job, {**run.parameters, **changes}, origin=Origin.CONSOLE, started_by=request.user)
    except NightshiftError as refused:
        messages.error(request, f"It was not started again. {refused}.")
        return redirect("run", pk)
    record(request, f"ran {run.job} again", pk, after=str(new.pk))
    return redirect("run", new.pk)

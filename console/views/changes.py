"""What operators create below a run: its pause, resumption, cancellation or kill, a retry, a real run."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from console.permissions import SignedInRequest, operators_post
from jobs import catalog
from jobs.asking import CANCEL, KILL, PAUSE, RESUME, Verb, ask
from jobs.exceptions import NightshiftError
from jobs.models.run import Origin, Run
from jobs.queue import enqueue
from jobs.wording import phase


@operators_post
def cancel_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _ask(request, pk, CANCEL)


@operators_post
def pause_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _ask(request, pk, PAUSE)


@operators_post
def resume_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _ask(request, pk, RESUME)


@operators_post
def kill_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _ask(request, pk, KILL)


@operators_post
def retry_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _run_again(request, pk)


@operators_post
def run_for_real(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _run_again(request, pk, dry_run=False)


def _ask(request: SignedInRequest, pk: uuid.UUID, verb: Verb) -> HttpResponse:
    run = get_object_or_404(Run.objects.only("state", "wish"), pk=pk)
    for answer in ask(verb, [run]):
        if not answer.is_granted:
            messages.info(request, f"There was nothing to {verb.name}: the run is {phase(answer.run)}.")
    return redirect("run", pk)


def _run_again(request: SignedInRequest, pk: uuid.UUID, **changes: Any) -> HttpResponse:
    run = get_object_or_404(Run, pk=pk)
    try:
        job = catalog.get(run.job)
        new = enqueue(job, {**run.parameters, **changes}, origin=Origin.CONSOLE, started_by=request.user)
    except NightshiftError as refused:
        messages.error(request, f"It was not started again. {refused}.")
        return redirect("run", pk)
    return redirect("run", new.pk)

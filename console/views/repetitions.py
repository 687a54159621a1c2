"""New runs that come of an old one: the same again, for real, or with what it rejected alone."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from console import confirming, uploads
from console.audit import record
from console.changing import change
from console.failures import acknowledge
from console.once import once
from console.permissions import RETRY, RUN, SignedInRequest, demand
from console.visible import run_or_404
from jobs import catalog
from jobs.exceptions import NightshiftError
from jobs.models.run import Origin, Run
from jobs.queue import enqueue


@change(RETRY)
@once
def retry_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _repeat(request, _permitted(request, pk), {})


@change(RETRY)
@once
def run_for_real(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _repeat(request, _permitted(request, pk), {"dry_run": False})


@change(RETRY)
@once
def run_rejects(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    """The file of what it rejected is copied: the new run may outlive the record of this one."""
    run = _permitted(request, pk)
    job = catalog.JOBS.get(run.job)
    declared = job.rejects if job else None
    artifact = run.artifacts.filter(name=declared.file).first() if declared and declared.again else None
    path = artifact.found() if artifact else None
    if declared is None or path is None:
        messages.error(request, "It was not started: this run has left no file of what it rejected.")
        return redirect("run", pk)
    copy = uploads.keep_copy(path)
    return _repeat(request, run, {declared.again: str(copy)})


def _permitted(request: SignedInRequest, pk: uuid.UUID) -> Run:
    run = run_or_404(request.user, pk)
    demand(request.user, RUN, run.job)
    return run


def _repeat(request: SignedInRequest, run: Run, changes: Mapping[str, Any]) -> HttpResponse:
    try:
        job = catalog.get(run.job)
        new = enqueue(
            job,
            {**run.parameters, **changes},
            origin=Origin.CONSOLE,
            started_by=request.user,
            confirmation=confirming.said_in(request.POST),
        )
    except NightshiftError as refused:
        messages.error(request, f"It was not started again. {refused}.")
        return redirect("run", run.pk)
    acknowledge(request.user, [run])
    record(request, f"ran {run.job} again", run, after=str(new.pk))
    return redirect("run", new.pk)

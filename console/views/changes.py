"""What operators create below a run: its cancellation, a retry, a real run after a preview."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from console.permissions import SignedInRequest, operators_post
from jobs import catalog
from jobs.exceptions import NightshiftError
from jobs.models.run import Origin, Run
from jobs.queue import enqueue


@operators_post
def cancel_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    run = get_object_or_404(Run.objects.only("pk"), pk=pk)
    if not Run.objects.filter(pk=run.pk).cancel():
        messages.info(request, "There was nothing to cancel: the run is over, or is stopping already.")
    return redirect("run", pk)


@operators_post
def retry_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _run_again(request, pk)


@operators_post
def run_for_real(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return _run_again(request, pk, dry_run=False)


def _run_again(request: SignedInRequest, pk: uuid.UUID, **changes: Any) -> HttpResponse:
    run = get_object_or_404(Run, pk=pk)
    try:
        job = catalog.get(run.job)
        new = enqueue(job, {**run.parameters, **changes}, origin=Origin.CONSOLE, started_by=request.user)
    except NightshiftError as refused:
        messages.error(request, f"It was not started again. {refused}.")
        return redirect("run", pk)
    return redirect("run", new.pk)

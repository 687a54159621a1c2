"""What people create below a run: its pause, resumption, cancellation or kill, and its deletion."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from console.audit import record
from console.changing import change
from console.permissions import CANCEL, DELETE, PAUSE, SignedInRequest
from console.visible import run_or_404
from jobs import asking
from jobs.services.retention import delete_runs
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


@change(DELETE)
def delete_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    run = run_or_404(request.user, pk)
    if not run.is_final:
        messages.error(request, f"It was not deleted: the run is {phase(run)}. Cancel it, then delete it.")
        return redirect("run", pk)
    delete_runs([pk])
    record(request, "deleted run", run, before={"job": run.job, "state": run.state})
    messages.success(request, f"The run of {run.job} is deleted, with its log and its files.")
    return redirect("runs")


def _ask(request: SignedInRequest, pk: uuid.UUID, verb: asking.Verb) -> HttpResponse:
    run = run_or_404(request.user, pk)
    for answer in asking.ask(verb, [run]):
        if not answer.is_granted:
            messages.info(request, f"There was nothing to {verb.name}: the run is {phase(answer.run)}.")
        record(request, f"asked to {verb.name}", run, before=phase(run), after=phase(answer.run))
    return redirect("run", pk)

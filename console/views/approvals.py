"""What a second person creates below a run that waits for one: its approval, or its refusal."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from console.audit import record
from console.changing import change
from console.permissions import APPROVE, SignedInRequest
from console.visible import run_or_404
from jobs import approval
from jobs.models.run import Run


@change(APPROVE)
def approve_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    run = run_or_404(request.user, pk)
    if approval.approve(run, request.user):
        record(request, "approved", run)
        messages.success(request, "Approved: it begins as soon as it is due and a worker is free.")
    else:
        messages.error(request, _why_not(request, run))
    return redirect("run", pk)


@change(APPROVE)
def decline_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    run = run_or_404(request.user, pk)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if not reason:
        messages.error(request, "Say why you decline it: who has started it is to read that.")
    elif approval.decline(run, request.user, reason):
        record(request, "declined", run, reason=reason)
        messages.success(request, "Declined: the run is cancelled.")
    else:
        messages.error(request, _why_not(request, run))
    return redirect("run", pk)


def _why_not(request: SignedInRequest, run: Run) -> str:
    if not approval.waits_for_approval(run):
        return "There was nothing to decide: the run does not wait for an approval any more."
    return "You have started it yourself, so somebody else has to decide."

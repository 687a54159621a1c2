"""What became of a run, and its end."""

import uuid

from django.db import transaction
from django.http import Http404, JsonResponse
from django.http.response import HttpResponseBase

from console.api.endpoint import endpoint
from console.api.refusal import Refused
from console.api.run_json import run_json
from console.audit import record
from console.permissions import CANCEL as CANCEL_RUN
from console.permissions import SignedInRequest, may
from console.views.files import download_artifact
from jobs.asking import CANCEL, ask
from jobs.models.run import Run
from jobs.wording import phase


@endpoint("GET", "HEAD")
def show_run(request: SignedInRequest, pk: uuid.UUID) -> JsonResponse:
    return JsonResponse(run_json(request, _run(request, pk)))


@endpoint("GET", "HEAD")
def show_artifact(request: SignedInRequest, pk: uuid.UUID, name: str) -> HttpResponseBase:
    return download_artifact(request, pk, name)


@endpoint("POST")
def cancel_run(request: SignedInRequest, pk: uuid.UUID) -> JsonResponse:
    if not may(request.user, CANCEL_RUN):
        raise Refused(403, f"{request.user} may not cancel runs; whoever gives out rights can allow it")
    run = _run(request, pk)
    with transaction.atomic():
        (answer,) = ask(CANCEL, [run])
        if not answer.is_granted:
            raise Refused(409, f"Run {pk} is {answer.sentence}")
        record(request, f"asked to {CANCEL.name}", run, before=phase(run), after=phase(answer.run))
    return JsonResponse(run_json(request, _run(request, pk)))


def _run(request: SignedInRequest, pk: uuid.UUID) -> Run:
    run = Run.objects.visible_to(request.user).select_related("started_by").filter(pk=pk).first()
    if run is None:
        raise Http404(f"There is no run {pk}; it may have been deleted since")
    return run

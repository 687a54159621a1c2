"""What ran and runs: the history, and the page of one run."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.history import Filter, page_of
from console.permissions import SignedInRequest
from console.run_page import run_page
from jobs.catalog import JOBS
from jobs.models.state import State


@require_safe
def list_runs(request: SignedInRequest) -> HttpResponse:
    asked = _filter(request)
    context = {"asked": asked, "page": page_of(asked), "jobs": JOBS.values(), "states": State}
    return render(request, "console/runs.html", context)


@never_cache
@require_safe
def show_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    return render(request, "console/run.html", {"page": run_page(pk)})


def _filter(request: SignedInRequest) -> Filter:
    state = request.GET.get("state", "")
    try:
        before = uuid.UUID(request.GET.get("before", ""))
    except ValueError:
        before = None
    job = request.GET.get("job", "").replace("\x00", "")
    return Filter(job=job, state=state if state in State.values else "", before=before)

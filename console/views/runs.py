"""What ran and runs: the history, and the page of one run."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.comparison import compare
from console.failures import acknowledge
from console.history import Filter, page_of
from console.permissions import RETRY, SignedInRequest, may
from console.run_page import run_page
from console.visible import jobs_seen_by, refuse_hidden
from jobs.exceptions import NightshiftError
from jobs.models.state import State
from jobs.run_reference import find_run


@require_safe
def list_runs(request: SignedInRequest) -> HttpResponse:
    asked = _filter(request)
    context = {
        "asked": asked,
        "page": page_of(asked, request.user),
        "jobs": jobs_seen_by(request.user),
        "states": State,
    }
    return render(request, "console/runs.html", context)


@never_cache
@require_safe
def show_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    refuse_hidden(request.user, pk)
    page = run_page(pk)
    asked = request.GET.get("compare", "").strip().replace("\x00", "")
    context = {"page": page, "run": page.run, "asked": asked, "comparison": page.comparison}
    try:
        if asked:
            other = find_run(asked)
            refuse_hidden(request.user, other.pk)
            context["comparison"] = compare(page.run, other)
    except NightshiftError as unknown:
        context |= {"comparison": None, "unknown": unknown}
    if may(request.user, RETRY):
        acknowledge(request.user, [page.run])
    return render(request, "console/run.html", context)


def _filter(request: SignedInRequest) -> Filter:
    state = request.GET.get("state", "")
    try:
        before = uuid.UUID(request.GET.get("before", ""))
    except ValueError:
        before = None
    job = request.GET.get("job", "").replace("\x00", "")
    return Filter(job=job, state=state if state in State.values else "", before=before)

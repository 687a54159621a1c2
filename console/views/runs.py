"""What ran and runs: the history, and the page of one run."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from console.comparison import compare
from console.csv_download import csv_download
from console.failures import acknowledge
from console.history import page_of
from console.live.runs import topic_of
from console.permissions import RETRY, SignedInRequest, may
from console.run_export import COLUMNS, rows_of
from console.run_filter import parse
from console.run_page import run_page
from console.run_suggestions import suggestions
from console.selection import NOTHING, key_of, selection_of
from console.visible import refuse_hidden
from jobs.exceptions import NightshiftError
from jobs.models.run import Run
from jobs.run_reference import find_run

QUICK = {
    "Failed": "state:failed",
    "Running": "state:running",
    "Waiting": "state:queued",
    "Today": "since:today",
    "Mine": "by:me",
}


@never_cache
@require_safe
def list_runs(request: SignedInRequest) -> HttpResponse:
    asked = parse(request.GET.get("q", ""), request.user)
    before, after = key_of(request.GET.get("before", "")), key_of(request.GET.get("after", ""))
    page = page_of(asked, before=before, after=after)
    is_first = not (before or after)
    context = {
        "asked": asked,
        "chips": [(token, asked.without(token)) for token in asked.tokens],
        "page": page,
        "is_first": is_first,
        "topic": topic_of(asked, page, is_first=is_first),
        "quick": QUICK,
        "suggestions": suggestions(asked, request.user),
    }
    return render(request, "console/runs.html", context)


@require_http_methods(["GET", "POST"])
def export_runs(request: SignedInRequest) -> HttpResponseBase:
    """By GET all that a filter finds, by POST the rows that were selected; both only read."""
    is_get = request.method != "POST"
    data = request.GET if is_get else request.POST
    selection = selection_of(data, parse(data.get("q", ""), request.user), is_everything=is_get)
    if selection.is_empty:
        messages.warning(request, NOTHING)
        return redirect(f"{reverse('runs')}?{urlencode({'q': selection.asked.text})}")
    return csv_download("runs.csv", COLUMNS, rows_of(selection))


@never_cache
@require_safe
def show_run(request: SignedInRequest, pk: uuid.UUID) -> HttpResponse:
    refuse_hidden(request.user, pk)
    page = run_page(pk)
    asked = request.GET.get("compare", "").strip().replace("\x00", "")
    context = {"page": page, "run": page.run, "asked": asked, "comparison": page.comparison}
    try:
        if asked:
            other = find_run(asked, Run.objects.visible_to(request.user))
            context["comparison"] = compare(page.run, other)
    except NightshiftError as unknown:
        context |= {"comparison": None, "unknown": unknown}
    if may(request.user, RETRY):
        acknowledge(request.user, [page.run])
    return render(request, "console/run.html", context)

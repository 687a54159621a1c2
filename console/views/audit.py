"""Who did what, when, from where, to what."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.audit_entry import COLUMNS, cells_of, entry_of
from console.audit_search import actions, all_of, page_of, search_of, sees_addresses
from console.csv_download import csv_download
from console.permissions import SignedInRequest


@never_cache
@require_safe
def show_audit(request: SignedInRequest) -> HttpResponse:
    search = search_of(request.GET.dict())
    page = page_of(search, request.user)
    has_address = sees_addresses(request.user)
    context = {
        "search": search,
        "entries": [entry_of(each, has_address=has_address) for each in page.entries],
        "older": page.older,
        "actions": actions(request.user),
        "has_address": has_address,
    }
    return render(request, "console/audit.html", context)


@require_safe
def export_audit(request: SignedInRequest) -> StreamingHttpResponse:
    """All that the search finds, whatever page one is on."""
    search = search_of({name: value for name, value in request.GET.dict().items() if name != "before"})
    has_address = sees_addresses(request.user)
    rows = (cells_of(each, has_address=has_address) for each in all_of(search, request.user))
    return csv_download(f"audit-{timezone.localdate():%Y-%m-%d}.csv", COLUMNS, rows)

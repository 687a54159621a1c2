"""The first page, and what one may say to have seen there."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.audit import record
from console.changing import change
from console.chart import RANGES
from console.failures import acknowledge_all
from console.overview import RUNNING_SHOWN, overview
from console.permissions import RETRY, SignedInRequest


@never_cache
@require_safe
def show_overview(request: SignedInRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, RANGES) else RANGES[1]
    page = overview(days)
    context = {
        **{"page": page, "charts": page.charts(days), "range": days, "ranges": RANGES},
        **{"running": page.running, "shown": page.running[:RUNNING_SHOWN]},
        "opened_at": timezone.now().isoformat(),
    }
    return render(request, "console/overview.html", context)


@change(RETRY)
def acknowledge_failures(request: SignedInRequest) -> HttpResponse:
    """Of one job or of all; what failed since the page was opened was not on it."""
    job = request.POST.get("job", "").replace("\x00", "")
    count = acknowledge_all(request.user, until=_moment(request.POST.get("until", "")), job=job)
    record(request, "marked failures as seen", job or "all jobs", after=count)
    messages.success(request, "Marked as seen." if count else "There was nothing left to mark as seen.")
    return redirect("overview")


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found and timezone.is_aware(found) else timezone.now()

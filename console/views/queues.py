"""The queues and who works on them; a queue's pause and resumption."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.audit import record
from console.changing import change
from console.permissions import PAUSE_QUEUES, SignedInRequest
from console.queue_page import queues_page
from jobs.models.queue import Queue
from jobs.queue_listing import Listed, UnknownQueue, find_queue

LONGEST_REASON = 500  # characters


@never_cache
@require_safe
def list_queues(request: SignedInRequest) -> HttpResponse:
    context = {"page": queues_page(), "flower": settings.FLOWER_URL, "longest_reason": LONGEST_REASON}
    return render(request, "console/queues.html", context)


@change(PAUSE_QUEUES)
def pause_queue(request: SignedInRequest, name: str) -> HttpResponse:
    running = _queue_or_404(name).backlog.running
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:LONGEST_REASON]
    if Queue.objects.pause(name, by=request.user, reason=reason):
        record(request, "paused queue", name, before="open", after="paused", reason=reason)
        goes_on = f"what runs goes on ({running:,} now)" if running else "nothing of it runs now"
        messages.success(request, f"{name} is paused: no worker begins a run of it any more; {goes_on}.")
    else:
        messages.info(request, f"{name} was paused already, and stays so.")
    return redirect("queues")


@change(PAUSE_QUEUES)
def resume_queue(request: SignedInRequest, name: str) -> HttpResponse:
    due = _queue_or_404(name).backlog.due
    if Queue.objects.resume(name):
        record(request, "resumed queue", name, before="paused", after="open")
        begins = f"what is due ({due:,} now) begins as workers are free"
        messages.success(request, f"{name} is open again: {begins}.")
    else:
        messages.info(request, f"{name} was not paused.")
    return redirect("queues")


def _queue_or_404(name: str) -> Listed:
    try:
        return find_queue(name.replace("\x00", ""))
    except UnknownQueue as unknown:
        raise Http404(str(unknown)) from unknown

"""What can be run: the list of jobs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.job_list import subjects
from console.permissions import SignedInRequest
from jobs.access import hidden_from
from jobs.models.queue import Queue


@require_safe
def list_jobs(request: SignedInRequest) -> HttpResponse:
    wanted = request.GET.get("search", "").replace("\x00", "").strip()
    found = subjects(wanted, hidden_from(request.user))
    nothing_ran = not wanted and not any(each.last for subject in found for each in subject.jobs)
    context = {"subjects": found, "wanted": wanted, "nothing_ran": nothing_ran}
    context["paused_queues"] = Queue.objects.exclude(paused_at=None).order_by("name")
    return render(request, "console/jobs.html", context)

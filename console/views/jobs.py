"""What can be run: the list of jobs, and the page and form of each."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from console.audit import record
from console.changing import change
from console.forms import JobForm
from console.history import Filter, page_of
from console.job_list import subjects
from console.permissions import RUN, SignedInRequest, demand, may
from console.presentation import schedule_words
from console.visible import job_or_404
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


@require_safe
def show_job(request: SignedInRequest, name: str) -> HttpResponse:
    return _page(request, JobForm(job_or_404(request.user, name)))


@change(RUN)
def create_run(request: SignedInRequest, name: str) -> HttpResponse:
    demand(request.user, RUN, name)
    form = JobForm(job_or_404(request.user, name), request.POST, request.FILES)
    run = form.start(request.user)
    if run is None:
        return _page(request, form, status=422)
    record(request, f"started {name}", run.pk)
    return redirect("run", run.pk)


def _page(request: SignedInRequest, form: JobForm, *, status: int = 200) -> HttpResponse:
    context = {
        "job": form.job,
        "may_run": may(request.user, RUN, form.job.name),
        "form": form,
        "details": form.job.description.removeprefix(form.job.summary).strip(),
        "schedule": schedule_words(form.job.schedule),
        "runs": page_of(Filter(job=form.job.name), request.user).runs[:10],
    }
    return render(request, "console/job.html", context, status=status)

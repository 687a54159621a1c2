"""The page of a job, one tab at a time."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from console.copying import copies_of
from console.history import recent_of
from console.manual import section_of
from console.permissions import EDIT_SCHEDULES, RUN, SignedInRequest, may
from console.prefill import prefill
from console.prospect import prospects, usual_words
from console.schedule_rows import schedules_of
from console.source import source_of
from console.start_form import StartForm
from console.strip import RUNS, strip_of
from console.visible import job_or_404
from jobs.job import Job
from jobs.models.preset import Preset
from jobs.usual import usual_durations

START = "start"


@require_safe
def show_job(request: SignedInRequest, name: str) -> HttpResponse:
    job = job_or_404(request.user, name)
    tab = request.GET.get("tab", START)
    if tab in TABS:
        return _page(request, job, tab, TABS[tab](job))
    filled = prefill(job, request.GET, request.user)
    return start_page(request, StartForm(job, user=request.user, prefill=filled))


def start_page(request: SignedInRequest, form: StartForm, *, status: int = 200) -> HttpResponse:
    job = form.job
    context = {
        "form": form,
        "details": job.description.removeprefix(job.summary).strip(),
        "source_of_values": form.prefill.source,
        "usual": usual_words(usual_durations([job.name]).get(job.name)),
        "prospect": prospects([job.name])[job.name],
        "presets": Preset.objects.seen_by(request.user).filter(job=job.name).select_related("owner"),
        "copies": copies_of(form, api_of(request, job)),
    }
    return _page(request, job, START, context, status=status)


def api_of(request: SignedInRequest, job: Job) -> str:
    """Where a program starts it."""
    return request.build_absolute_uri(reverse("api-job-runs", args=[job.name]))


def _page(
    request: SignedInRequest, job: Job, tab: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    rights = {"may_run": may(request.user, RUN, job.name), "may_edit": may(request.user, EDIT_SCHEDULES)}
    frame = {"job": job, "tab": tab, "tabs": NAMES, **rights}
    return render(request, f"console/job_{tab}.html", {**frame, **context}, status=status)


def _runs(job: Job) -> dict[str, Any]:
    runs = recent_of(job.name, RUNS)
    return {"runs": runs, "strip": strip_of(runs)}


def _schedule(job: Job) -> dict[str, Any]:
    return {"rows": schedules_of(job.name)}


def _source(job: Job) -> dict[str, Any]:
    return {"source": source_of(job)}


def _docs(job: Job) -> dict[str, Any]:
    return {"section": section_of(job.name)}


TABS: dict[str, Callable[[Job], dict[str, Any]]] = {
    "runs": _runs,
    "schedule": _schedule,
    "source": _source,
    "docs": _docs,
}
NAMES = {START: "Start", "runs": "Runs", "schedule": "Schedule", "source": "Source", "docs": "Docs"}

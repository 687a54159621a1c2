"""What one creates below a job: a run, an upload for it; and what its form asks for as one fills it in."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from console.audit import record
from console.changing import change
from console.copying import copies_of
from console.once import once
from console.permissions import RUN, SignedInRequest
from console.rows import find_rows
from console.start_form import StartForm
from console.uploads import Kept, keep
from console.views.job import api_of, start_page
from console.visible import job_to_start
from jobs.kinds import Kind
from jobs.parameters import Parameter


@change(RUN)
@once
def create_run(request: SignedInRequest, name: str) -> HttpResponse:
    form = StartForm(job_to_start(request.user, name), request.POST, request.FILES, user=request.user)
    run = form.start()
    if run is None:
        return start_page(request, form, status=422)
    record(request, f"started {name}", run)
    if form.not_before:
        messages.success(request, "It is planned, and begins by itself when its time has come.")
    return redirect("run", run.pk)


@change(RUN)
def create_upload(request: SignedInRequest, name: str, parameter: str) -> HttpResponse:
    """Before the form is sent, so that a bar can show how far it is."""
    item = _parameter_or_404(request, name, parameter, Kind.FILE)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return JsonResponse({"error": "Choose a file"}, status=422)
    refusal = item.accepts.refusal(upload.name or "", upload.size or 0)
    if refusal or not upload.size:
        return JsonResponse({"error": refusal or "The file is empty; choose another"}, status=422)
    kept = Kept(path=keep(upload), user=request.user)
    return JsonResponse({"token": kept.token, "name": kept.name, "size": kept.size})


@change(RUN)
def copy_form(request: SignedInRequest, name: str) -> HttpResponse:
    """It changes nothing. It is a POST, for what is typed is not to stand in an address or a log of them."""
    form = StartForm(job_to_start(request.user, name), request.POST, user=request.user)
    return JsonResponse(vars(copies_of(form, api_of(request, form.job))))


@require_safe
def search_rows(request: SignedInRequest, name: str, parameter: str) -> HttpResponse:
    item = _parameter_or_404(request, name, parameter, Kind.ROW)
    assert item.reading.model is not None  # noqa: S101 a ROW has one
    found = find_rows(request, item.reading.model, request.GET.get("q", ""))
    rows = [{"key": key, "text": text} for key, text in found.rows]
    return JsonResponse({"rows": rows, "has_more": found.has_more})


def _parameter_or_404(request: SignedInRequest, job: str, name: str, kind: Kind) -> Parameter:
    item = job_to_start(request.user, job).parameters.by_name.get(name)
    if item is None or item.kind is not kind:
        raise Http404(f"{job} has no {kind} named {name!r}")
    return item

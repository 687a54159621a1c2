"""What a run left to read: its files, and the whole log of an attempt."""

import uuid

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from console.permissions import SignedInRequest
from console.visible import refuse_hidden
from jobs.models.artifact import Artifact
from jobs.models.attempt import Attempt


class Download(FileResponse):
    block_size = 64 * 1024


@require_safe
def download_artifact(request: SignedInRequest, pk: uuid.UUID, name: str) -> Download:
    if "\x00" in name:
        raise Http404("No file has a name like that")  # PostgreSQL would refuse the question
    refuse_hidden(request.user, pk)
    artifact = Artifact.objects.filter(run_id=pk, name=name).first()
    if artifact is None:
        raise Http404(f"There is no run {pk} with a file {name!r}")
    path = artifact.found()
    if path is None:
        raise Http404(f"{name} is gone: it was deleted from the server")
    return Download(
        path.open("rb"),
        as_attachment=True,
        filename=artifact.name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff"},
    )


@require_safe
def show_log(request: SignedInRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    refuse_hidden(request.user, pk)
    attempt = get_object_or_404(Attempt.objects.only("log"), run_id=pk, number=number)
    headers = {"X-Content-Type-Options": "nosniff"}
    return HttpResponse(attempt.log, content_type="text/plain; charset=utf-8", headers=headers)

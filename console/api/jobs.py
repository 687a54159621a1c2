"""What there is to run."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from console.api.endpoint import endpoint
from console.api.openapi import document
from console.api.refusal import Refused
from console.api.run_json import run_json
from console.api.schema import schema_of
from console.api.start import Start
from console.permissions import RUN, SignedInRequest, may
from console.visible import job_or_404, jobs_seen_by
from jobs.job import Job


@endpoint("GET", "HEAD")
def list_jobs(request: SignedInRequest) -> JsonResponse:
    return JsonResponse({"jobs": [_job_json(request, job) for job in jobs_seen_by(request.user)]})


@endpoint("GET", "HEAD")
def describe(request: SignedInRequest) -> JsonResponse:
    return JsonResponse(document(jobs_seen_by(request.user)))


@endpoint("POST")
def create_run(request: SignedInRequest, name: str) -> JsonResponse:
    # Whoever may start nothing learns nothing; and 403 for a job that is hidden would say that it is there.
    job = job_or_404(request.user, name) if may(request.user, RUN) else None
    if job is None or not may(request.user, RUN, name):
        raise Refused(403, f"{request.user} may not start {name}; whoever gives out rights can allow it")
    run, is_new = Start(request, job).run()
    content = run_json(request, run)
    headers = {"Location": content["links"]["self"]}
    return JsonResponse(content, status=201 if is_new else 200, headers=headers)


def _job_json(request: HttpRequest, job: Job) -> dict[str, Any]:
    return {
        **{"name": job.name, "title": job.title, "summary": job.summary, "queue": job.queue},
        **{"has_preview": job.has_preview, "schedule": job.schedule},
        "parameters": schema_of(job),
        "links": {
            "runs": request.build_absolute_uri(reverse("api-job-runs", args=[job.name])),
            "page": request.build_absolute_uri(reverse("job", args=[job.name])),
        },
    }

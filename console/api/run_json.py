"""A run as programs see it: secrets masked, files by their names, and where to ask for more."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from console.presentation import without_directory
from jobs.models.artifact import Artifact
from jobs.models.run import Run
from jobs.run_listing import json_moment
from jobs.run_report import veiled

MOMENTS = ("created_at", "not_before", "started_at", "finished_at")


def run_json(request: HttpRequest, run: Run) -> dict[str, Any]:
    """With one query, for its files; `started_by` has to be there."""
    return {
        **{"id": str(run.pk), "job": run.job, "state": run.state, "wish": run.wish or None},
        "progress": {
            **{"done": run.done, "total": run.total, "percent": run.percent},
            "message": run.message or None,
        },
        **{"result": _public(run.result), "error": run.error or None},
        **{"parameters": _public(run.parameters), "counters": run.counters},
        **{"queue": run.queue, "origin": run.origin, "attempt": run.attempt, "failures": run.failures},
        **{name: json_moment(getattr(run, name)) for name in MOMENTS},
        **{"started_by": str(run.started_by) if run.started_by else None, "key": run.key or None},
        "artifacts": [_artifact(request, each) for each in run.artifacts.all()],
        "links": {
            "self": _url(request, "api-run", run.pk),
            "cancellation": _url(request, "api-cancellation", run.pk),
            "page": _url(request, "run", run.pk),
        },
    }


def _artifact(request: HttpRequest, each: Artifact) -> dict[str, Any]:
    return {
        "name": each.name,
        "size": each.size,
        "url": _url(request, "api-artifact", each.run_id, each.name),
    }


def _public(value: Any) -> Any:
    value = veiled(value)
    if isinstance(value, dict):
        return {name: _public(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_public(each) for each in value]
    return without_directory(value) if isinstance(value, str) else value


def _url(request: HttpRequest, name: str, *arguments: object) -> str:
    return request.build_absolute_uri(reverse(name, args=arguments))

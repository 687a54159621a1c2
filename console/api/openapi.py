"""The OpenAPI document: what a generator of clients reads."""

from collections.abc import Iterable
from typing import Any

from console.api.schema import FILE, schema_of, takes_files
from jobs.job import Job

ERRORS = {
    "400": "the body is no JSON object, or cannot be read",
    "401": "no token, or one that does not count",
    "403": "the owner of the token may not do that",
    "404": "there is no such job, run or file",
    "405": "the address takes another method",
    "409": "the key was used with other parameters; the job runs one at a time; the run is over",
    "413": "the body is too long",
    "415": "it is neither JSON nor a form",
    "422": "parameters that the job does not take, with a sentence for each",
    "503": "the database does not answer",
}
RUN = {"type": "object", "description": "a run; docs/api.md has its fields"}
ERROR = {
    "type": "object",
    "required": ["error", "parameters"],
    "properties": {
        "error": {"type": "string"},
        "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
RUN_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
FILE_NAME = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
OF_A_START = [
    {
        **{"name": "at", "in": "query", "schema": {"type": "string", "format": "date-time"}},
        "description": "start it then, and not before; in the service's zone where none is named",
    },
    {
        **{"name": "count", "in": "query", "schema": {"type": "string"}},
        "description": "for a risky job: what a preview with the same parameters has counted",
    },
    {
        **{"name": "reason", "in": "query", "schema": {"type": "string"}},
        "description": "for a risky job: why it is to run",
    },
    {
        **{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}},
        "description": "the same key and the same parameters are the same run",
    },
]
FILE_ANSWER = {"200": {"description": "the file", "content": {"application/octet-stream": {"schema": FILE}}}}


def document(jobs: Iterable[Job]) -> dict[str, Any]:
    schemas = {"Run": RUN, "Error": ERROR}
    starts = {f"/api/jobs/{job.name}/runs": {"post": _start(job, schemas)} for job in jobs}
    security = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Nightshift", "version": "1"},
        "security": [{"token": []}],
        "components": {"securitySchemes": security, "schemas": schemas},
        "paths": {**_of_every_job(), **starts},
    }


def _of_every_job() -> dict[str, Any]:
    found = {"200": _answer("the run")}
    cancel = _operation("cancel_run", "Cancel a run and all below it", found)
    file = _operation("show_artifact", "A file that a run has made", FILE_ANSWER)
    return {
        "/api/jobs": {"get": _operation("list_jobs", "The jobs with their parameters", _jobs_answer())},
        "/api/runs/{id}": {"parameters": [RUN_ID], "get": _operation("show_run", "A run", found)},
        "/api/runs/{id}/cancellation": {"parameters": [RUN_ID], "post": cancel},
        "/api/runs/{id}/artifacts/{name}": {"parameters": [RUN_ID, FILE_NAME], "get": file},
    }


def _start(job: Job, schemas: dict[str, Any]) -> dict[str, Any]:
    """What several parameters share is added to `schemas`, under the job's name."""
    schema = schema_of(job, f"#/components/schemas/{job.name}.")
    schemas |= {f"{job.name}.{name}": each for name, each in schema.pop("$defs", {}).items()}
    kinds = ["multipart/form-data"] if takes_files(job) else ["application/json", "multipart/form-data"]
    answers = {"201": _answer("the new run"), "200": _answer("the run that has this key already")}
    return {
        **_operation(f"start_{job.name}", job.summary, answers),
        "parameters": OF_A_START,
        "requestBody": {"content": {kind: {"schema": schema} for kind in kinds}},
    }


def _operation(name: str, summary: str, answers: dict[str, Any]) -> dict[str, Any]:
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    errors = {status: {"description": about, "content": refused} for status, about in ERRORS.items()}
    return {"operationId": name, "summary": summary, "responses": {**answers, **errors}}


def _answer(about: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}
    return {"description": about, "content": content}


def _jobs_answer() -> dict[str, Any]:
    return {
        "200": {"description": "the jobs", "content": {"application/json": {"schema": {"type": "object"}}}}
    }

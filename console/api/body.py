"""The parameters in the body of a call: a JSON object, or a form with files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from console.api.refusal import Refused
from jobs.exceptions import WrongParameters
from jobs.job import Job
from jobs.kinds import Kind
from jobs.parameters import Parameter

JSON, FORM = "application/json", "multipart/form-data"
Uploads = Mapping[str, list[UploadedFile[Any]]]


@dataclass(frozen=True, kw_only=True)
class Body:
    """`values` are for `Parameters.parse`; `files` are the uploads of each parameter that takes some."""

    values: dict[str, Any]
    files: dict[str, list[UploadedFile[Any]]] = field(default_factory=dict)


def read_body(request: HttpRequest, job: Job) -> Body:
    """Raises Refused and WrongParameters; no path from a caller is taken for a file."""
    if request.content_type == FORM:
        return _of_form(request, job)
    if request.body and request.content_type != JSON:
        raise Refused(
            415,
            f"Send the parameters as {JSON}, or files as {FORM}; say which by Content-Type",
        )
    return _of_json(request.body or b"{}", job)


def _of_json(text: bytes, job: Job) -> Body:
    try:
        values = json.loads(text, parse_constant=_no_number)
        # Half a sign, as "\ud800" is, and what is past all numbers, as 1e999, no database stores.
        json.dumps(values, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"The body is no JSON: {error}") from error
    if not isinstance(values, dict):
        raise Refused(400, f"The body should be one JSON object, with the parameters of {job.name} by name")
    named = [item for item in job.parameters.items if item.kind is Kind.FILE and values.get(item.name)]
    _refuse(job, {item.name: _wants_a_file(job, item) for item in named})
    return Body(values=values)


def _of_form(request: HttpRequest, job: Job) -> Body:
    values: dict[str, Any] = {}
    files: dict[str, list[UploadedFile[Any]]] = {}
    wrong: dict[str, str] = {}
    for name in [*request.POST, *request.FILES]:
        item = job.parameters.by_name.get(name)
        texts, uploads = request.POST.getlist(name), request.FILES.getlist(name)
        if item is None:
            values[name] = ""  # the parser refuses it by its name
        elif sentence := _misfit(job, item, texts, uploads):
            wrong[name] = sentence
        elif uploads:
            files[name] = uploads
        elif item.kind is not Kind.FILE:
            values[name] = [text for text in texts if text] if item.is_list else texts[0]
    _refuse(job, wrong)
    return Body(values=values, files=files)


def _misfit(job: Job, item: Parameter, texts: list[str], uploads: list[Any]) -> str:
    if item.kind is Kind.FILE and any(texts):
        return _wants_a_file(job, item)
    if item.kind is not Kind.FILE and uploads:
        return f"{item.name!r} of {job.name} takes no file"
    is_twice = len(texts) + len(uploads) > 1 and not item.is_list
    return f"{item.name!r} of {job.name} was given twice" if is_twice else ""


def _wants_a_file(job: Job, item: Parameter) -> str:
    return (
        f"{item.name!r} of {job.name} is a file: send it as {FORM}, with curl by -F {item.name}=@FILE; "
        "no path on the server is taken"
    )


def _refuse(job: Job, wrong: dict[str, str]) -> None:
    if wrong:
        raise WrongParameters(job.name, wrong)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")

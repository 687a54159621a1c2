"""The values of a form as a command line, as a call of the API and as code: for a terminal, a script, a job.

Secrets stand as placeholders, and a file by its name: where it lies on the server is nobody's business.
"""

import json
import shlex
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from celery import current_app
from django.db.models import Model

from console.forms import JobForm
from console.prefill import PREVIEW
from console.texts import duration_text
from jobs.arguments import NotSayable, arranged, texts
from jobs.job import Job
from jobs.kinds import Kind
from jobs.parameters import Parameter

AS_PREVIEW = "copy-preview"  # the box beside the copies
# In this order: a datetime is a date too.
WRITTEN: dict[type, tuple[str, Callable[[Any], str]]] = {
    timedelta: ("datetime", lambda value: repr(value).removeprefix("datetime.")),
    datetime: ("datetime", lambda value: f'datetime.fromisoformat("{value.isoformat()}")'),
    date: ("datetime", lambda value: f"date({value.year}, {value.month}, {value.day})"),
    Decimal: ("decimal", lambda value: f'Decimal("{value}")'),
}


class Placeholder(str):
    """Stands for what is missing or secret."""


@dataclass(frozen=True, kw_only=True)
class Copies:
    command: str
    curl: str
    python: str


def copies_of(form: JobForm, address: str) -> Copies:
    """Of what stands in it; `address` is that of the API. Files have their names."""
    values = form.values
    for item in form.items:
        if item.kind is Kind.FILE and (names := form.names_of(item)):
            values[item.name] = names if item.is_list else names[0]
    if form.job.has_preview and (not form.is_bound or AS_PREVIEW in form.data):
        values[PREVIEW] = True
    secrets = {item.name for item in form.items if item.kind is Kind.SECRET and form.data.get(item.name)}
    return copies(form.job, with_placeholders(form.job, values, secrets), address)


def copies(job: Job, said: Mapping[str, Any], address: str) -> Copies:
    """`said` has Python values, files as their names, and placeholders."""
    return Copies(
        command=command_line(job, said), curl=curl_call(job, said, address), python=python_call(job, said)
    )


def with_placeholders(job: Job, values: Mapping[str, Any], secrets: Collection[str]) -> dict[str, Any]:
    """Without what has its default; with a placeholder for what is required, or secret and given."""
    said = {}
    for item in job.parameters.items:
        if item.name in values and values[item.name] != item.default:
            said[item.name] = values[item.name]
        elif item.is_required or item.name in secrets:
            stand_in = Placeholder(f"<{item.name}>")
            said[item.name] = [stand_in] if item.is_list else stand_in
    return said


def command_line(job: Job, said: Mapping[str, Any]) -> str:
    items = job.parameters.by_name
    try:
        spoken = {name: _words(job, items[name], value) for name, value in said.items()}
        return shlex.join(["python", "manage.py", job.name, *arranged(job.parameters, spoken)])
    except NotSayable as reason:
        return f"# {reason}"


def curl_call(job: Job, said: Mapping[str, Any], address: str) -> str:
    lines = [f"curl --fail-with-body {shlex.quote(address)}"]
    lines.append('-H "Authorization: Bearer $NIGHTSHIFT_TOKEN"')
    if any(job.parameters.by_name[name].kind is Kind.FILE for name in said):
        lines += _form_fields(job, said)
    else:
        body = {name: _as_json(job, name, value) for name, value in said.items()}
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"--data-raw {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


def python_call(job: Job, said: Mapping[str, Any]) -> str:
    arguments = ", ".join(f"{name}={_literal(value)}" for name, value in said.items())
    flat = [each for value in said.values() for each in (value if isinstance(value, list) else [value])]
    used = {type_ for value in flat if (type_ := _written_as(value))}
    imports = sorted(f"from {WRITTEN[type_][0]} import {type_.__name__}" for type_ in used)
    task = f"from {_module(job)} import {job.name}"
    return "\n".join([*imports, *([""] if imports else []), task, "", f"{job.name}.delay({arguments})"])


def _words(job: Job, item: Parameter, value: Any) -> list[str]:
    if isinstance(value, timedelta) and value >= timedelta(0):
        return [duration_text(value)]
    plain = item.kind in (Kind.FILE, Kind.SECRET) or isinstance(value, Placeholder)
    if plain or (item.is_list and value and isinstance(value[0], Placeholder)):
        return [str(each) for each in value] if item.is_list else [str(value)]
    return texts(job.name, item, _as_json(job, item.name, value))


def _as_json(job: Job, name: str, value: Any) -> Any:
    kind = job.parameters.by_name[name].kind
    first = value[0] if isinstance(value, list) and value else value
    if kind in (Kind.FILE, Kind.SECRET) or isinstance(first, Placeholder):
        return value
    return job.parameters.dump({name: value})[name]


def _form_fields(job: Job, said: Mapping[str, Any]) -> list[str]:
    """Texts by --form-string: of -F curl takes what begins with @ or < for a file of its user."""
    fields = []
    for name, value in said.items():
        is_file = job.parameters.by_name[name].kind is Kind.FILE
        stored = _as_json(job, name, value)
        for each in stored if isinstance(stored, list) else [stored]:
            if is_file:
                fields.append(f"-F {shlex.quote(f'{name}=@{_curl_path(str(each))}')}")
            else:
                fields.append(f"--form-string {shlex.quote(f'{name}={_form_text(each)}')}")
    return fields


def _curl_path(path: str) -> str:
    """In quotes where a sign means something to curl."""
    if not set(path) & set(';,"\\'):
        return path
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _form_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Enum):
        return _literal(value.value)
    if isinstance(value, Model):
        return _literal(value.pk)
    if type_ := _written_as(value):
        return WRITTEN[type_][1](value)
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    # The escapes of JSON mean the same in Python, and its quotes are those of the house.
    return json.dumps(str(value), ensure_ascii=False)


def _written_as(value: Any) -> type | None:
    return next((type_ for type_ in WRITTEN if isinstance(value, type_)), None)


def _module(job: Job) -> str:
    """Where its task stands."""
    task = current_app.tasks.get(job.name)
    return task.__module__ if task else "tasks"

"""What a form begins with: values out of the address, a preset, or an earlier run. It starts nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.http import QueryDict

from console.fields import initial_text
from console.selection import key_of
from console.uploads import Kept, kept_at
from jobs.job import Job
from jobs.kinds import Kind
from jobs.models.preset import Preset
from jobs.models.run import Run
from jobs.parameters import Parameter

PREVIEW = "dry_run"
OURS = {"preset", "run", "tab"}  # words of the address that are no parameters
NOT_SHOWN = (Kind.FILE, Kind.OUTPUT, Kind.SECRET)
GONE = "It is not kept any more: choose the file again"
NO_FILE = "Choose a file to upload: no path on the server is taken"
NO_SECRET = "Type it here: an address is no place for a secret"  # noqa: S105 a sentence


@dataclass(frozen=True, kw_only=True)
class Prefill:
    """`values` are Python's, of those that could be read; `texts` what the inputs show, the wrong ones too.

    `errors` has a sentence for each that is wrong; `source` says in words where all of it comes from.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, list[Kept]] = field(default_factory=dict)
    source: str = ""


def prefill(job: Job, query: QueryDict, user: User) -> Prefill:
    """What the address asks for; what it says itself goes before the preset or run that it names."""
    asked = {name: query.getlist(name) for name in query if name not in OURS}
    from_run = _of_run(job, query.get("run", ""), user)
    from_preset = _of_preset(job, query.get("preset", ""), user)
    base = from_run or from_preset or Prefill(source=_not_found(query))
    return _together(base, _of_address(job, asked)) if asked else base


def _of_address(job: Job, asked: Mapping[str, list[str]]) -> Prefill:
    items = job.parameters.by_name
    refused = {name: _no_address(items[name]) for name in asked if name in items}
    refused = {name: sentence for name, sentence in refused.items() if sentence}
    raw = {
        name: [line for each in values for line in each.splitlines()] if _is_list(items, name) else values[-1]
        for name, values in asked.items()
        if name not in refused
    }
    made = read_values(job, raw)
    return Prefill(values=made.values, texts=made.texts, errors={**made.errors, **refused})


def _of_preset(job: Job, key: str, user: User) -> Prefill | None:
    presets = Preset.objects.seen_by(user).filter(job=job.name)
    preset = presets.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if preset is None:
        return None
    made = read_values(job, preset.parameters)
    return replace(made, source=f"Filled in from the preset “{preset.name}”.")


def _of_run(job: Job, key: str, user: User) -> Prefill | None:
    """Its files are kept if they are still there; its secrets are not shown to anybody again."""
    pk = key_of(key)
    run = Run.objects.filter(pk=pk, job=job.name).only("parameters").first() if pk else None
    if run is None:
        return None
    kinds = {item.name: item.kind for item in job.parameters.items}
    named = {name: value for name, value in run.parameters.items() if name != PREVIEW}
    made = read_values(
        job, {name: value for name, value in named.items() if kinds.get(name) not in NOT_SHOWN}
    )
    files, gone = _files(job, named, user)
    secrets = " Secrets have to be typed again." if Kind.SECRET in kinds.values() else ""
    source = f"Filled in with the parameters of run {run.pk}.{secrets}"
    return replace(made, files=files, errors={**made.errors, **gone}, source=source)


def _files(job: Job, named: Mapping[str, Any], user: User) -> tuple[dict[str, list[Kept]], dict[str, str]]:
    """Those that are there, and a sentence for each parameter of which one is gone."""
    files, gone = {}, {}
    for item in job.parameters.items:
        if item.kind is Kind.FILE and (value := named.get(item.name)):
            paths = value if isinstance(value, list) else [value]
            files[item.name] = [kept for path in paths if (kept := kept_at(Path(str(path)), user))]
            if len(files[item.name]) < len(paths):
                gone[item.name] = GONE
    return files, gone


def read_values(job: Job, raw: Mapping[str, Any]) -> Prefill:
    """Each by itself, as its input shows it."""
    values, errors = job.parameters.parse_some(raw)
    items = job.parameters.by_name
    texts = {name: initial_text(items[name], value) for name, value in values.items()}
    # What is wrong is shown as it was written, for whoever is to correct it.
    wrong = {name: _as_written(raw[name]) for name in errors if name in items}
    return Prefill(values=values, texts={**texts, **wrong}, errors=errors)


def _together(base: Prefill, above: Prefill) -> Prefill:
    errors = {name: each for name, each in base.errors.items() if name not in above.values}
    values = {name: each for name, each in base.values.items() if name not in above.errors}
    return replace(
        base,
        values={**values, **above.values},
        texts={**base.texts, **above.texts},
        errors={**errors, **above.errors},
    )


def _not_found(query: QueryDict) -> str:
    for word in ("run", "preset"):
        if query.get(word):
            return f"There is no such {word} of this job; the form shows the defaults."
    return ""


def _no_address(item: Parameter) -> str:
    return {Kind.FILE: NO_FILE, Kind.OUTPUT: NO_FILE, Kind.SECRET: NO_SECRET}.get(item.kind, "")


def _is_list(items: Mapping[str, Parameter], name: str) -> bool:
    return name in items and items[name].is_list


def _as_written(value: Any) -> Any:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)

"""The parameters of a run that tell it from others of its job, short enough for a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from console.presentation import shown
from jobs import catalog

SHOWN = 3
LENGTH = 40  # characters of a value
PREVIEW = "dry_run"  # a row says so in another way


@dataclass(frozen=True, kw_only=True)
class KeyParameter:
    name: str
    text: str


def key_parameters(job: str, parameters: Mapping[str, Any] | None) -> list[KeyParameter]:
    """The required ones first, then those that somebody has changed; None where they are too long to read."""
    if parameters is None:
        return [KeyParameter(name="parameters", text="too long for a list")]
    required, defaults = _declared(job)
    changed = [
        name
        for name, value in parameters.items()
        if name not in (*required, PREVIEW) and (name not in defaults or defaults[name] != value)
    ]
    names = [name for name in required if name in parameters] + changed
    return [KeyParameter(name=name, text=_short(parameters[name])) for name in names[:SHOWN]]


@cache
def _declared(name: str) -> tuple[list[str], dict[str, Any]]:
    """Of that job the names of what it needs, and what the others are unless somebody says so."""
    if not (job := catalog.JOBS.get(name)):
        return [], {}
    optional = {item.name: item.default for item in job.parameters.items if not item.is_required}
    required = [item.name for item in job.parameters.items if item.is_required]
    return required, job.parameters.dump(optional)


def _short(value: Any) -> str:
    if isinstance(value, list) and len(value) > 1:
        return f"{len(value):,} values"
    text = shown(value[0] if isinstance(value, list) and value else value).text or "…"
    # Of a path the end tells it from others.
    text = text.rpartition("/")[2] or text if text.startswith("/") else text
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"

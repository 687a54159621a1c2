"""The parameters of a job as JSON schema."""

from typing import Any

from jobs.job import Job
from jobs.kinds import Kind
from jobs.parameters import Parameter

FILE = {"type": "string", "format": "binary"}
SECRET_WORD = "kept encrypted, and never shown again"  # noqa: S105 what is said of a secret


def schema_of(job: Job, definitions: str = "#/$defs/") -> dict[str, Any]:
    """As `Parameters.parse` takes them, but for what no caller may name: a place on the server's disk."""
    schema = job.parameters.model.model_json_schema(ref_template=f"{definitions}{{model}}")
    known = schema.get("properties", {})
    shown = {item.name: item for item in job.parameters.items if item.kind is not Kind.OUTPUT}
    properties = {name: _described(item, known[name]) for name, item in shown.items()}
    return {**schema, "properties": properties, "title": job.title, "description": job.description}


def takes_files(job: Job) -> bool:
    return any(item.kind is Kind.FILE for item in job.parameters.items)


def _described(item: Parameter, known: dict[str, Any]) -> dict[str, Any]:
    facts = {name: value for name, value in known.items() if name != "title"}
    if item.kind is Kind.FILE:
        facts = {"type": "array", "items": FILE} if item.is_list else FILE
    if item.kind is Kind.SECRET:
        facts.pop("default", None)
    about = "; ".join(filter(None, (item.help, SECRET_WORD if item.kind is Kind.SECRET else "")))
    return {**facts, **({"description": about} if about else {})}

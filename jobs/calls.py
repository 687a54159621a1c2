"""Jobs that a job calls, and how they ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Call(NamedTuple):
    """A job by its name, and its parameters as they are written in JSON."""

    job: str
    parameters: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a job that was called ended; `run` is its record, where it has one."""

    job: str
    succeeded: bool
    result: Any = None
    error: str = ""
    run: str = ""


def plain_outcome(call: Call) -> Outcome:
    """Of the job run right here, without a record."""
    try:
        return Outcome(job=call.job, succeeded=True, result=call_job(call))
    except Exception as error:  # whatever a job raises is its outcome
        return Outcome(job=call.job, succeeded=False, error=str(error))


def _call_job(call: Call) -> Any:
    raise RuntimeError(f"{call.job} cannot be called before Django is set up; call django.setup() first")


call_job: Callable[[Call], Any] = _call_job  # The catalog knows how; jobs/apps.py says so.

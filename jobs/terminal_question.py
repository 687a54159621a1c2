"""What a person at a terminal is asked before a risky job is run for real."""

import sys
from collections.abc import Mapping
from typing import Any

from django.core.management.base import OutputWrapper

from jobs.exceptions import NightshiftError
from jobs.job import Job
from jobs.outcome import WrongUsage


def ask_first(job: Job, raw: Mapping[str, Any], out: OutputWrapper) -> None:
    """Where nobody is there to answer, such as in a script, nothing is asked: it is the operator's own.

    Raises WrongParameters, and WrongUsage where the answer is not yes.
    """
    if job.risk is None or not sys.stdin.isatty():
        return
    values = job.parameters.parse(raw)
    if values.get("dry_run"):
        return
    out.write(f"{job.name} is about to run for real{_count(job, values)}. Go on? [y/N] ", ending="")
    out.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise WrongUsage("Nothing was started")


def _count(job: Job, values: Mapping[str, Any]) -> str:
    """As a preview of it counts, here and without a record."""
    if job.risk is None or not job.risk.counted:
        return ""
    try:
        found = getattr(job.function(**{**values, "dry_run": True}), job.risk.counted)
    except NightshiftError:
        return ""  # the run says it, and fails
    return f": {found:,} {job.risk.counted.replace('_', ' ')}"

"""The fields of a risky job beside those of its parameters: the count that is typed, and the reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from jobs.catalog import JOBS
from jobs.confirmation import Confirmation, count_of, words
from jobs.exceptions import NotConfirmed
from jobs.job import Job
from jobs.models.run import Run

# With a hyphen, which the name of a parameter cannot have.
COUNT, REASON = "risk-count", "risk-reason"


@dataclass(frozen=True, kw_only=True)
class Confirming:
    """What `console/risk_fields.html` shows. `count` is known where a preview is at hand.

    `counted` says of what, and is empty where nothing has to be typed; `typed` and `reason` are what was.
    """

    counted: str
    asks_reason: bool
    asks_approval: bool
    count: int | None = None
    typed: str = ""
    reason: str = ""
    wrong: str = ""
    sentence: str = ""


def said_in(data: Mapping[str, str]) -> Confirmation:
    return Confirmation(count=data.get(COUNT, ""), reason=data.get(REASON, ""))


def of_form(job: Job, data: Mapping[str, str], missing: NotConfirmed | None = None) -> Confirming | None:
    """For the form of a job; None where it is not risky."""
    if job.risk is None:
        return None
    return Confirming(
        counted=words(job.risk),
        asks_reason=job.risk.reason,
        asks_approval=job.risk.approval,
        typed=data.get(COUNT, ""),
        reason=data.get(REASON, ""),
        wrong=missing.field if missing else "",
        sentence=str(missing) if missing else "",
    )


def of_run(run: Run) -> Confirming | None:
    """For starting it again, or for real; None where that is not risky."""
    job = JOBS.get(run.job)
    if job is None or job.risk is None:
        return None
    is_preview = run.parameters.get("dry_run") is True
    return Confirming(
        counted=words(job.risk),
        asks_reason=job.risk.reason,
        asks_approval=job.risk.approval,
        count=count_of(job.risk, run) if is_preview and job.risk.counted else None,
    )

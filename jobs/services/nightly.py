"""The work of the night, one job after the other."""

from dataclasses import dataclass
from typing import Annotated

from typing_extensions import Doc

from jobs.calls import Call, Outcome
from jobs.exceptions import CalledJobFailed
from jobs.progress import Progress, silent

NIGHTLY = ("compute_daily_stats", "cleanup_tokens", "cleanup_old_data")


@dataclass(frozen=True, kw_only=True)
class NightlyReport:
    """`runs` are the records of the jobs, by name."""

    succeeded: int
    runs: dict[str, str]


def nightly(
    *,
    jobs: Annotated[list[str] | None, Doc("run these in this order, instead of those declared")] = None,
    keep_going: Annotated[bool, Doc("go on behind a job that has failed")] = False,
    progress: Progress = silent,
) -> NightlyReport:
    """Run the jobs of the night one after the other, each in a run of its own below this one.

    A job that fails ends the night, unless it keeps going; the run has failed in either case.
    """
    names = list(jobs or NIGHTLY)
    outcomes: list[Outcome] = []
    for number, name in enumerate(names):
        progress.update(number, total=len(names), message=name)
        outcomes += progress.run_jobs([Call(name)])
        if not (outcomes[-1].succeeded or keep_going):
            break
    if failed := [each for each in outcomes if not each.succeeded]:
        raise CalledJobFailed([each.job for each in failed], len(names), failed[0].error)
    progress.update(len(names), message="")
    return NightlyReport(succeeded=len(outcomes), runs={each.job: each.run for each in outcomes})

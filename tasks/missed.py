"""What becomes of slots that went by while no beat was there to keep them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django_celery_beat.models import PeriodicTask

from jobs.exceptions import NightshiftError
from jobs.job import Job, Missed
from jobs.models.slot import Outcome

GRACE = timedelta(seconds=60)  # a slot is on time for so long
AT_MOST = 24  # of the missed slots, so many are made up for under Missed.ALL


class WrongPolicy(NightshiftError):
    def __init__(self, schedule: str, headers: str) -> None:
        self.schedule = schedule
        self.headers = headers
        super().__init__(
            f"The headers of schedule {schedule} are no policy: {headers}; "
            'write {"missed": "skip"}, "latest" or "all", and with "all" perhaps "missed_at_most": 24'
        )


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`at_most` holds for Missed.ALL only."""

    missed: Missed
    at_most: int = AT_MOST

    def __str__(self) -> str:
        return f"all, at most {self.at_most}" if self.missed is Missed.ALL else str(self.missed)


class Verdict(NamedTuple):
    planned_for: datetime
    outcome: Outcome
    reason: str


def policy_of(schedule: PeriodicTask, job: Job) -> Policy:
    """The job's, or what people have written into the schedule's headers. Raises WrongPolicy."""
    try:
        headers = json.loads(schedule.headers or "{}")
        missed = Missed(headers.get("missed", job.missed))
        at_most = int(headers.get("missed_at_most", AT_MOST))
    except (ValueError, TypeError, AttributeError) as error:
        raise WrongPolicy(schedule.name, schedule.headers) from error
    if at_most < 1:
        raise WrongPolicy(schedule.name, schedule.headers)
    return Policy(missed=missed, at_most=at_most)


def sort_out(
    due: Sequence[datetime], now: datetime, policy: Policy, *, expire_after: timedelta | None = None
) -> Iterator[Verdict]:
    """Which of the slots, given oldest first, are run: those on time, and of the others what the policy says.

    Nothing that is older than `expire_after` is run late.
    """
    late = [slot for slot in due if now - slot > GRACE]
    is_on_time = len(late) < len(due)
    fresh = [slot for slot in late if expire_after is None or now - slot <= expire_after]
    chosen = set(_chosen(fresh, is_on_time, policy))
    for slot in due:
        if slot in chosen:
            yield Verdict(slot, Outcome.LATE, f"Missed, and made up for {_age(now - slot)} later ({policy})")
        elif now - slot > GRACE:
            yield Verdict(slot, Outcome.MISSED, f"Nobody kept it for {_age(now - slot)} ({policy})")
        else:
            yield Verdict(slot, Outcome.RAN, "")


def _chosen(late: Sequence[datetime], is_on_time: bool, policy: Policy) -> Sequence[datetime]:
    match policy.missed:
        case Missed.ALL:
            return late[-policy.at_most :]
        case Missed.LATEST if not is_on_time:
            return late[-1:]
        case _:
            # Under Missed.LATEST too, where the slot that is on time is the latest.
            return ()


def _age(length: timedelta) -> str:
    return str(timedelta(seconds=int(length.total_seconds())))

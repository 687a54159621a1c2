"""What one may do with many runs at once: to which it applies, what it does, and how it is said."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from console.permissions import RUN, may
from jobs import catalog
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.run_search import in_states
from jobs.models.state import ACTIVE, State, Wish
from jobs.retrying import retry_all
from jobs.services.retention import delete_runs

AT_ONCE = 1_000  # runs of one statement

OVER = Q(finished_at__isnull=False)


@dataclass(frozen=True, kw_only=True)
class Changed:
    """`refusals` are sentences about those that were left as they are."""

    count: int
    refusals: Sequence[str] = ()


Act: TypeAlias = Callable[[Sequence[UUID], User], Changed]


@dataclass(frozen=True, kw_only=True)
class Change:
    """`done` is the word of the audit; `outcome` is what a person is told of some runs, `only` of none.

    `rest` is how to come to those that were too many for one request.
    """

    name: str
    verb: str
    done: str
    outcome: str
    applies: Q
    act: Act
    warning: str = ""
    is_dangerous: bool = False
    only: str
    rest: str = "do the same once more for the next"


def _asking(verb: Callable[[RunQuerySet], int]) -> Act:
    def act(keys: Sequence[UUID], user: User) -> Changed:
        for part in _parts(keys):
            verb(Run.objects.filter(pk__in=part))
        return Changed(count=len(keys))

    return act


def _retry(keys: Sequence[UUID], user: User) -> Changed:
    jobs = {name for name in catalog.JOBS if may(user, RUN, name)}
    retried = retry_all(keys, started_by=user, jobs=jobs)
    refusals = [f"{sentence} ({count:,} of them)" for sentence, count in retried.refused.most_common(3)]
    return Changed(count=retried.started, refusals=refusals)


def _delete(keys: Sequence[UUID], user: User) -> Changed:
    for part in _parts(keys):
        delete_runs(part)
    return Changed(count=len(keys))


def _parts(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE))


CANCEL = Change(
    name="cancel",
    verb="Cancel",
    done="cancelled",
    outcome="cancelled, or asked to stop at the next checkpoint",
    applies=in_states(ACTIVE),
    act=_asking(RunQuerySet.cancel),
    warning="A cancelled run is not resumed, only started anew. What runs stops at its next checkpoint.",
    is_dangerous=True,
    only="only what is not over can be cancelled",
)
PAUSE = Change(
    name="pause",
    verb="Pause",
    done="paused",
    outcome="paused, or asked to stop at the next checkpoint",
    applies=in_states([State.QUEUED, State.RUNNING]),
    act=_asking(RunQuerySet.pause),
    warning="What runs stops at its next checkpoint, and goes on from there once it is resumed.",
    only="only what waits or runs can be paused",
)
RESUME = Change(
    name="resume",
    verb="Resume",
    done="resumed",
    outcome="back in the queue",
    applies=in_states([State.PAUSED]) | (in_states([State.RUNNING]) & Q(wish=Wish.PAUSE)),
    act=_asking(RunQuerySet.resume),
    only="only what is paused can be resumed",
)
RETRY = Change(
    name="retry",
    verb="Run again",
    done="started again",
    outcome="started again",
    applies=OVER,
    act=_retry,
    warning="Each becomes a new run with the same parameters.",
    only="only what is over can be run again",
    rest="for the older ones add until: and a time to the filter",
)
DELETE = Change(
    name="delete",
    verb="Delete",
    done="deleted",
    outcome="deleted",
    applies=OVER,
    act=_delete,
    warning="Their record is gone for good: attempts, logs, results and files.",
    is_dangerous=True,
    only="only what is over can be deleted",
)

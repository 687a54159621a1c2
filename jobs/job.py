"""The declaration of a job: a plain function, and how it is to be run."""

import inspect
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from jobs.parameters import Parameters
from jobs.risk import Risk

RAISES = re.compile(r"\bRaises [^.]*\.\s*")
WRAPPED = re.compile(r"(?<!\n)\n(?![\n\s*-])")  # where a paragraph goes on, which every page wraps anew


class Overlap(StrEnum):
    """What happens to a run of a job that has an active run already."""

    ALLOW = "allow"
    SKIP = "skip"
    QUEUE = "queue"


class Missed(StrEnum):
    """What happens to the slots of a schedule that went by while nobody could keep them."""

    SKIP = "skip"
    LATEST = "latest"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Try again after the errors in `on`, and no others.

    The wait doubles from `delay` up to `longest`; `jitter` takes away a random part of it (0 to 1), so that
    a thousand runs that failed together do not come back together.
    """

    on: tuple[type[Exception], ...]
    attempts: int = 3
    delay: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(hours=1)
    jitter: float = 0.25

    def wait_after(self, attempt: int) -> timedelta:
        """How long to wait after that attempt (1 is the first)."""
        doubled = self.delay * float(2 ** min(attempt - 1, 32))
        return min(doubled, self.longest) * (1 - self.jitter * random.random())  # noqa: S311 not a secret


@dataclass(frozen=True, kw_only=True)
class Rejects:
    """What a run did not take is in `file`, an artifact in CSV, with the reason in a column of that name.

    `again` is the parameter that takes such a file, and then the run is about these items alone. `counted`
    is the field of the result, if it has one, that says how many there are of each reason.
    """

    file: str = "rejected.csv"
    again: str = ""
    counted: str = "reasons"


@dataclass(frozen=True, kw_only=True)
class Job:
    """`subject` is what people look for it under; `schedule` is a cron line in the service's time zone;
    `priority` is 0 (first) to 9.

    `overlap` and `at_most`, the number of runs that may be running at once on all workers together, hold for
    the whole job, or for each combination of values of the parameters named in `overlap_by`. A `private` job
    and its runs are seen only by who has the permission to. `jobs_named_in` is the parameter by which one
    names other jobs to run: a person may name those that they may start themselves.
    """

    function: Callable[..., Any]
    subject: str = "Other"
    queue: str = "default"
    priority: int = 5
    retry: Retry | None = None
    time_limit: timedelta | None = None
    overlap: Overlap = Overlap.ALLOW
    overlap_by: tuple[str, ...] = ()
    at_most: int | None = None
    schedule: str | None = None
    schedule_parameters: dict[str, Any] = field(default_factory=dict)
    missed: Missed = Missed.LATEST
    rejects: Rejects | None = None
    private: bool = False
    risk: Risk | None = None
    jobs_named_in: str = ""

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return self.description.partition("\n")[0]

    @cached_property
    def description(self) -> str:
        """The docstring, without what is raised: whom it concerns is told by the error itself."""
        text = RAISES.sub("", inspect.getdoc(self.function) or "").strip()
        return WRAPPED.sub(" ", text)

    @cached_property
    def parameters(self) -> Parameters:
        """Raises WrongDeclaration where the signature cannot be read."""
        return Parameters(self.function)

    @property
    def has_preview(self) -> bool:
        return "dry_run" in self.parameters.by_name

    @property
    def attempts(self) -> int:
        return self.retry.attempts if self.retry else 1

    @property
    def limit(self) -> int | None:
        """How many runs of a lane may be running at once."""
        return 1 if self.overlap is Overlap.QUEUE else self.at_most

    @property
    def has_lanes(self) -> bool:
        return self.limit is not None or self.overlap is not Overlap.ALLOW

    def lane(self, parameters: Mapping[str, Any]) -> str:
        """What the runs that count for each other have in common; empty where none do."""
        if not self.has_lanes:
            return ""
        values = [parameters.get(name) for name in self.overlap_by]
        return f"{self.name} {json.dumps(values, sort_keys=True)}" if values else self.name

"""Who may see and start which job. Those that only some may see are declared `private`."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

ANY_JOB = "jobs.add_run"
SEVERAL = "several private jobs"  # stands for their names where one name has room


def _no_catalog() -> Collection[str]:
    raise RuntimeError("Which jobs are private is known once Django is set up; call django.setup() first")


private_jobs: Callable[[], Collection[str]] = _no_catalog  # The catalog knows; jobs/apps.py says so.


def to_run(job: str) -> str:
    """The codename of the permission to start that job."""
    return f"run_{job}"


def to_view(job: str) -> str:
    """The codename of the permission to see that job, where it is private."""
    return f"view_{job}"


def hidden_from(user: "User | AnonymousUser") -> list[str]:
    """The jobs that this person may not see, nor anything of their runs."""
    return [job for job in private_jobs() if not user.has_perm(f"jobs.{to_view(job)}")]


def told_of(jobs: Collection[str]) -> str:
    """The private one among them, SEVERAL, or nothing: who may be told of what is about all of them."""
    private = sorted(set(jobs) & set(private_jobs()))
    return SEVERAL if len(private) > 1 else "".join(private)


def may_see(user: "User | AnonymousUser", job: str) -> bool:
    return job not in hidden_from(user)


def may_start(user: "User | AnonymousUser", job: str) -> bool:
    """Nobody starts what they may not see."""
    is_allowed = user.has_perm(ANY_JOB) or user.has_perm(f"jobs.{to_run(job)}")
    return is_allowed and may_see(user, job)

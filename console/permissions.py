"""Who may do what in the console: everybody signed in reads; each change needs its permission."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

RUN = "add_run"  # every job; `run_<job>` is the same for that one
CANCEL = "cancel_run"
PAUSE = "pause_run"
RETRY = "retry_run"
DELETE = "delete_run"
APPROVE = "approve_run"
EDIT_SCHEDULES = "edit_schedules"
PAUSE_QUEUES = "pause_queues"


class SignedInRequest(HttpRequest):
    """LoginRequiredMiddleware has seen to it that the user is one."""

    user: User


def may(user: User | AnonymousUser, permission: str, job: str = "") -> bool:
    """For RUN without a job: whether there is one that this person may run."""
    if user.has_perm(f"jobs.{permission}"):
        return True
    if permission != RUN:
        return False
    return user.has_perm(f"jobs.run_{job}") if job else any(map(_is_to_run, user.get_all_permissions()))


def demand(user: User, permission: str, job: str = "") -> None:
    """Raises PermissionDenied, which is the page 403."""
    if not may(user, permission, job):
        raise PermissionDenied(permission)


def _is_to_run(permission: str) -> bool:
    return permission.startswith("jobs.run_")

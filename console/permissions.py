"""Who may do what in the console: everybody signed in reads; each change needs its permission."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from jobs.access import may_start
from jobs.models.audit_log import MANAGE_PEOPLE

RUN = "add_run"  # every job; `run_<job>` is the same for that one
CANCEL = "cancel_run"
PAUSE = "pause_run"
RETRY = "retry_run"
DELETE = "delete_run"
APPROVE = "approve_run"
EDIT_SCHEDULES = "edit_schedules"
PAUSE_QUEUES = "pause_queues"
PEOPLE = MANAGE_PEOPLE
OWN = ""  # what is one's own, everybody may change


class SignedInRequest(HttpRequest):
    """SignInFirst has seen to it that the user is one."""

    user: User


def may(user: User | AnonymousUser, permission: str, job: str = "") -> bool:
    """For RUN without a job: whether there is one that this person may run."""
    if permission == OWN:
        return user.is_authenticated
    if permission == RUN and job:
        return may_start(user, job)
    if user.has_perm(permission if "." in permission else f"jobs.{permission}"):
        return True
    return permission == RUN and any(map(_is_to_run, user.get_all_permissions()))


def demand(user: User, permission: str, job: str = "") -> None:
    """Raises PermissionDenied, which is the page 403."""
    if not may(user, permission, job):
        raise PermissionDenied(permission)


def _is_to_run(permission: str) -> bool:
    return permission.startswith("jobs.run_")

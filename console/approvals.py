"""What the page of a run says while it waits for a second person."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db.models import Q

from console.permissions import APPROVE
from jobs.approval import may_decide, waits_for_approval
from jobs.models.audit_log import AuditLog
from jobs.models.run import Run

MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Approval:
    """`reason`, `counted` and `preview` are what the person has said who started it; `who` may decide."""

    reason: str
    counted: str
    preview: UUID | None
    may_decide: bool
    is_own: bool
    who: str


def approval_of(run: Run, person: User | AnonymousUser) -> Approval | None:
    """None where it does not wait for one."""
    if not waits_for_approval(run) or isinstance(person, AnonymousUser):
        return None
    entry = AuditLog.objects.filter(target=str(run.pk), action="confirmed").first()
    said = entry.details if entry else {}
    is_allowed = may_decide(person, run)
    return Approval(
        reason=said.get("reason", ""),
        counted=said.get("counted", ""),
        preview=said.get("preview"),
        may_decide=is_allowed,
        is_own=run.started_by_id == person.pk,
        who="" if is_allowed else _who_may_decide(run),
    )


def _who_may_decide(run: Run) -> str:
    permission = Permission.objects.filter(content_type__app_label="jobs", codename=APPROVE)
    granted = Q(user_permissions__in=permission) | Q(groups__permissions__in=permission)
    people = User.objects.filter(granted | Q(is_superuser=True), is_active=True)
    others = people.exclude(pk=run.started_by_id or 0).distinct().order_by("username")
    names = list(others.values_list("username", flat=True)[: MOST_NAMED + 1])
    if not names:
        return "nobody yet; somebody has to be given the right to approve"
    return ", ".join(names[:MOST_NAMED]) + (" and others" if len(names) > MOST_NAMED else "")

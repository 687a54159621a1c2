"""The record of what people change, written in the transaction of the change."""

from typing import Any

from console.permissions import SignedInRequest
from jobs.models.audit_log import AuditLog


def record(
    request: SignedInRequest,
    action: str,
    target: object,
    *,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> None:
    """`action` is what the person did ("paused queue"), `target` the name or id of what it was done to."""
    said = {"before": before, "after": after, "reason": reason}
    AuditLog.objects.create(
        user=request.user,
        action=action,
        target=str(target),
        address=request.META.get("REMOTE_ADDR") or None,
        details={name: value for name, value in said.items() if value not in (None, "")},
    )

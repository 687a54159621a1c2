"""The record of what people change, written in the transaction of the change."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from console.permissions import SignedInRequest
from jobs import audit
from jobs.models.run import Run


def record(
    request: SignedInRequest,
    action: str,
    target: object,
    *,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    job: str = "",
) -> None:
    """`action` is what the person did ("paused queue"), `target` the run or the name of what it was done to.

    `job` is the one that it is about, where the target is neither that job nor a run of it: what is about a
    private job is seen by few.
    """
    run = target if isinstance(target, Run) else None
    audit.write(
        action,
        run.pk if run else target,
        user=request.user,
        address=address_of(request),
        job=run.job if run else job,
        before=before,
        after=after,
        reason=reason,
    )


def address_of(request: HttpRequest) -> str | None:
    """Where it comes from. Of many addresses the last is the proxy's own word, all others are hearsay."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or said
    try:
        return str(ip_address(_without_port(said)))
    except ValueError:
        return None  # a socket in the file system has none


def _without_port(said: str) -> str:
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said.partition(":")[0] if said.count(":") == 1 else said

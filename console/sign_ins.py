"""Who has signed in, or tried to: kept in the audit, which is also where too many tries are counted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from console.audit import address_of
from jobs import audit
from jobs.models.audit_log import OF_PERSONS, AuditLog

FAILED = "failed to sign in"
MOST = 10  # failed tries of an account from one address
WITHIN = timedelta(minutes=15)


def signed_in(sender: Any, request: HttpRequest, user: User, **facts: Any) -> None:
    _write("signed in", user.get_username(), request, user)


def signed_out(sender: Any, request: HttpRequest, user: User | None, **facts: Any) -> None:
    if user is not None:
        _write("signed out", user.get_username(), request, user)


def failed(
    sender: Any, credentials: Mapping[str, Any], request: HttpRequest | None = None, **facts: Any
) -> None:
    if request is not None:
        _write(FAILED, _called(str(credentials.get("username", ""))), request, None)


def wait_until(account: str, address: str | None) -> datetime | None:
    """When that account may be tried again from there; None where it may be now."""
    tried = AuditLog.objects.filter(
        action=FAILED,
        target=f"{OF_PERSONS}{_called(account)}"[:200],
        address=address,
        created_at__gt=timezone.now() - WITHIN,
    )
    moments = list(tried.values_list("created_at", flat=True)[:MOST])
    return moments[-1] + WITHIN if len(moments) == MOST else None


def _called(account: str) -> str:
    """An account that nobody has may be a password in the wrong field, so it is not written down."""
    if User.objects.filter(username=account).exists():
        return account
    return f"unknown {salted_hmac('console.sign_ins', account).hexdigest()[:12]}"


def _write(action: str, name: str, request: HttpRequest, user: User | None) -> None:
    # Code that signs somebody in makes a request of its own, which has no method: nobody has done it.
    if request.method:
        audit.write(action, f"{OF_PERSONS}{name}", user=user, address=address_of(request))

"""The audit: who did what, when, from where, to what. Its rows are written once, and changed by nobody."""

import getpass
import os
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from jobs.catalog import JOBS
from jobs.models.audit_log import AuditLog
from jobs.secret import MASK, masked

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST_TEXT = 2_000  # characters
MOST_ITEMS = 200
DEEPEST = 8
SECRET_NAMES = ("password", "secret", "token")


def write(
    action: str,
    target: object,
    *,
    user: "User | None" = None,
    address: str | None = None,
    job: str = "",
    **details: Any,
) -> AuditLog:
    """In the caller's transaction. `details` are kept as JSON, without secrets and without what is empty.

    `job` is the one that it is about, which may be the target itself: what is about a private one, few see.
    """
    said = {name: value for name, value in details.items() if value not in (None, "")}
    about = job or (target if isinstance(target, str) and target in JOBS else "")
    return AuditLog.objects.create(
        **{"user": user, "action": action, "target": str(target)[:200], "address": address, "job": about},
        details=plain(said),
    )


def write_at_terminal(action: str, target: object, **details: Any) -> AuditLog:
    """Nobody has signed in there: the machine's own name of the person is what there is to say."""
    return write(action, target, terminal=f"{_login()}@{socket.gethostname()}", **details)


def plain(value: Any, depth: int = 0) -> Any:
    """As JSON, cut where it is very long; secrets are masked at every depth."""
    if isinstance(value, SecretStr) or masked(value) == MASK:
        return MASK
    if depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {str(name): _named(str(name), each, depth) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        shown = [plain(each, depth + 1) for each in list(value)[:MOST_ITEMS]]
        return [*shown, "…"] if len(value) > MOST_ITEMS else shown
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value).replace("\x00", "")
    return f"{text[:LONGEST_TEXT]}…" if len(text) > LONGEST_TEXT else text


def _named(name: str, value: Any, depth: int) -> Any:
    is_secret = isinstance(value, str) and value and any(each in name.lower() for each in SECRET_NAMES)
    return MASK if is_secret else plain(value, depth + 1)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())  # a container may have no name for it

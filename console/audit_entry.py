"""An entry of the audit, as a row of the page and of the file."""

import json
import re
from dataclasses import dataclass
from datetime import UTC
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from jobs.catalog import JOBS
from jobs.models.audit_log import OF_PERSONS, AuditLog

RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OWN = ("before", "after", "reason", "terminal")  # of the details: each has its place
COLUMNS = ("time", "person", "action", "target", "job", "address", "reason", "before", "after", "more")


class Change(NamedTuple):
    """One value that is another now; of a list, what went and what came."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`who` is a person, or a login at a terminal; `link` leads to what it was done to, if to anywhere."""

    log: AuditLog
    who: str
    address: str
    link: str
    reason: str
    changes: list[Change]

    @property
    def target(self) -> str:
        is_run = RUN.fullmatch(self.log.target)
        return f"run {self.log.target[:13]}…" if is_run else self.log.target


def entry_of(log: AuditLog, *, has_address: bool) -> Entry:
    details = log.details
    more = {name: value for name, value in details.items() if name not in OWN}
    return Entry(
        log=log,
        who=_who(log),
        address=(log.address or "") if has_address else "",
        link=link_of(log),
        reason=str(details.get("reason", "")),
        changes=[*changes_of(details.get("before"), details.get("after")), *changes_of(None, more)],
    )


def changes_of(before: Any, after: Any) -> list[Change]:
    """What differs, and nothing that stayed as it was."""
    if not isinstance(before, dict | None) or not isinstance(after, dict | None):
        return [_change("", before, after)] if before != after else []
    old, new = before or {}, after or {}
    return [
        _change(name, old.get(name), new.get(name))
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def _change(name: str, before: Any, after: Any) -> Change:
    if isinstance(before, list) and isinstance(after, list):
        before, after = [x for x in before if x not in after], [x for x in after if x not in before]
    return Change(name.replace("_", " "), _flat(before), _flat(after))


def _flat(value: Any) -> str:
    """On one line."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_flat(each)}" for name, each in value.items())
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)


def cells_of(log: AuditLog, *, has_address: bool) -> list[str]:
    """In the order of COLUMNS; the time is that of UTC."""
    details = log.details
    more = {name: value for name, value in details.items() if name not in OWN}
    moment = log.created_at.astimezone(UTC).isoformat(timespec="seconds")
    address = (log.address or "") if has_address else ""
    said = [details.get("reason", ""), details.get("before", ""), details.get("after", ""), more or ""]
    return [moment, _who(log), log.action, log.target, log.job, address, *map(_text, said)]


def link_of(log: AuditLog) -> str:
    """By what the target looks like; its page may be gone since."""
    target = log.target
    if RUN.fullmatch(target):
        return reverse("run", args=[target])
    if target.startswith(OF_PERSONS):
        name = target.removeprefix(OF_PERSONS)
        return "" if name.startswith("unknown ") else f"{reverse('people')}?{urlencode({'name': name})}"
    for word, page in (("schedule", "schedules"), ("queue", "queues")):
        if word in log.action or target.startswith(f"{word} "):
            return reverse(page)
    return reverse("job", args=[target]) if target in JOBS else ""


def _who(log: AuditLog) -> str:
    if log.user is not None:
        return log.user.get_username()
    return str(log.details.get("terminal", ""))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""What is asked of the audit, and the page of entries that answers it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.lookups import LessThan
from django.utils import timezone

from jobs.access import hidden_from
from jobs.models.audit_log import MANAGE_PEOPLE, OF_PERSONS, AuditLog, AuditLogQuerySet

PAGE = 50
EXPORTED_AT_ONCE = 1_000
NAMES = ("person", "action", "target", "since", "until")
# The kinds of entries, without reading them all: one look into the index for each.
ACTIONS = """
WITH RECURSIVE kind AS (
    (SELECT action FROM jobs_auditlog ORDER BY action LIMIT 1)
    UNION ALL
    SELECT (SELECT action FROM jobs_auditlog WHERE action > kind.action ORDER BY action LIMIT 1)
    FROM kind WHERE kind.action IS NOT NULL
)
SELECT action FROM kind WHERE action IS NOT NULL LIMIT 200
"""


@dataclass(frozen=True, kw_only=True)
class Search:
    """As it was typed; `target` is a beginning, and `before` the entry that the page begins below."""

    person: str = ""
    action: str = ""
    target: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None

    @property
    def is_narrowed(self) -> bool:
        return any(getattr(self, name) for name in NAMES)

    def query(self, before: int | None = None) -> str:
        asked = {name: getattr(self, name) for name in NAMES} | {"before": before}
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, kw_only=True)
class Page:
    """`older` is the query string of the next page, empty on the last."""

    entries: list[AuditLog]
    older: str


def search_of(data: Mapping[str, str]) -> Search:
    """What the address asks for; what it cannot mean is left out."""
    person, action, target = (data.get(name, "").replace("\x00", "").strip() for name in NAMES[:3])
    before = data.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) < 19
    return Search(
        person=person,
        action=action,
        target=target,
        since=_day(data.get("since", "")),
        until=_day(data.get("until", "")),
        before=int(before) if is_number else None,
    )


def page_of(search: Search, person: User) -> Page:
    found = list(_found(search, person)[: PAGE + 1])
    older = search.query(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return Page(entries=found[:PAGE], older=older)


def all_of(search: Search, person: User) -> Iterator[AuditLog]:
    """Every entry of it, a thousand in memory at once."""
    entries = _found(search, person)
    part = list(entries[:EXPORTED_AT_ONCE])
    while part:
        yield from part
        part = list(_below(entries, part[-1])[:EXPORTED_AT_ONCE])


def actions(person: User) -> list[str]:
    """The kinds of what was ever done; some name a job."""
    hidden = set(hidden_from(person))
    with connection.cursor() as cursor:
        cursor.execute(ACTIONS)
        return [action for (action,) in cursor.fetchall() if hidden.isdisjoint(action.split())]


def _found(search: Search, person: User) -> AuditLogQuerySet:
    entries = AuditLog.objects.visible_to(person).select_related("user").order_by("-created_at", "-id")
    if search.person:
        # One person, and known to be one: a join would have the planner guess.
        entries = entries.filter(user=User.objects.filter(username=search.person).values("pk")[:1])
    if search.action:
        entries = entries.filter(action=search.action)
    if search.target:
        # A person's entries can be searched for by the bare name.
        names = Q(target__startswith=search.target) | Q(target__startswith=f"{OF_PERSONS}{search.target}")
        entries = entries.filter(names | Q(job=search.target))
    if search.since:
        entries = entries.filter(created_at__gte=_midnight(search.since))
    if search.until:
        entries = entries.filter(created_at__lt=_midnight(search.until + timedelta(days=1)))
    if search.before and (last := AuditLog.objects.filter(pk=search.before).first()):
        entries = _below(entries, last)
    return entries


def _below(entries: AuditLogQuerySet, last: AuditLog) -> AuditLogQuerySet:
    # A comparison of rows is a place in the index.
    row = Func(F("created_at"), F("id"), function="ROW", output_field=BooleanField())
    place = Func(Value(last.created_at), Value(last.pk), function="ROW", output_field=BooleanField())
    return entries.filter(LessThan(row, place))


def sees_addresses(person: User) -> bool:
    """Where colleagues have been sitting is for those who manage people."""
    return person.has_perm(MANAGE_PEOPLE)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 9999 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))

"""The words by which runs are looked for, and what each means to the database."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from string import hexdigits
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q
from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from console.filter_words import Token
from console.visible import jobs_seen_by
from jobs import catalog
from jobs.access import may_see
from jobs.exceptions import NightshiftError, did_you_mean
from jobs.models.run import Origin, Run
from jobs.models.run_search import before, beginning_with, complaining, in_states, labelled, since
from jobs.models.state import ACTIVE, FINAL, State
from jobs.services.days import first_moment
from jobs.values import SECONDS, read_moment

OF_PARAMETER = "parameter."  # in front of a parameter that is called as one of the words
SHORTEST_ERROR = 3  # letters: the index knows three at a time
EACH_COUNTS = ("since", "until", "error", "is")
KINDS = {
    "preview": lambda: labelled("dry_run", "true"),
    "active": lambda: in_states(ACTIVE),
    "ended": lambda: in_states(FINAL),
}


class Unclear(NightshiftError):
    """Its text is the sentence beside the field."""


def named(token: Token, user: User | AnonymousUser) -> Token:
    """A value alone is taken for what it can only be: a state, a job, or the beginning of a run's id."""
    word = token.value.lower()
    if token.key:
        return token
    if word in State.values:
        return Token(key="state", value=word)
    if word in catalog.JOBS and may_see(user, word):
        return Token(key="job", value=word)
    if len(word) >= 8 and not set(word) - set(hexdigits) - {"-"}:
        return Token(key="id", value=word)
    return token


def meaning(token: Token, user: User | AnonymousUser) -> Q:
    """Raises Unclear."""
    key, value = token.key, token.value
    if not key:
        raise Unclear(
            f"{value!r} could be many things: write error:{value} for a text in the error, or job:…"
        )
    if not value:
        raise Unclear(f"{key}: has no value; write {key}:something, without a space")
    if key in OF_USER:
        return OF_USER[key](value, user)
    if key in WORDS:
        return WORDS[key](value)
    name = key.removeprefix(OF_PARAMETER)
    if key.startswith(OF_PARAMETER) or name in parameter_names():
        return labelled(name, value)
    hint = did_you_mean(key, [*WORDS, *OF_USER, *parameter_names()])
    raise Unclear(f"There is nothing called {key!r} to look for{hint}")


@cache
def parameter_names() -> frozenset[str]:
    return frozenset(name for job in catalog.JOBS.values() for name in job.parameters.by_name)


def _job(value: str, user: User | AnonymousUser) -> Q:
    seen = [job.name for job in jobs_seen_by(user)]
    # One that was taken out of the catalog is still in the record.
    if value not in seen and not Run.objects.visible_to(user).filter(job=value).exists():
        raise Unclear(f"There is no job {value!r}{did_you_mean(value, seen)}")
    return Q(job=value)


def _state(value: str) -> Q:
    asked = value.lower().split(",")
    if unknown := [each for each in asked if each not in State.values]:
        raise Unclear(f"There is no state {unknown[0]!r}{_nearest(unknown[0], State.values)}")
    return in_states([State(each) for each in asked])


def _origin(value: str) -> Q:
    if value.lower() not in Origin.values:
        raise Unclear(f"No run comes from {value!r}{_nearest(value, Origin.values)}")
    return Q(origin=value.lower())


def _kind(value: str) -> Q:
    if value.lower() not in KINDS:
        raise Unclear(f"No run is {value!r}{_nearest(value, list(KINDS))}")
    return KINDS[value.lower()]()


def _by(value: str, user: User | AnonymousUser) -> Q:
    if value.lower() == "me":
        return Q(started_by=user.pk)
    # The key and not the name: with a join the database would not see that few runs have it.
    if (found := User.objects.filter(username=value).values_list("pk", flat=True).first()) is None:
        known = User.objects.order_by("username").values_list("username", flat=True)[:1_000]
        raise Unclear(f"There is no person {value!r}{did_you_mean(value, known)}")
    return Q(started_by=found)


def _id(value: str) -> Q:
    if (found := beginning_with(value)) is None:
        raise Unclear(f"{value!r} does not begin a run's id, which is made of the digits 0 to 9 and a to f")
    return found


def _parent(value: str) -> Q:
    try:
        return Q(parent=UUID(value))
    except ValueError:
        raise Unclear(f"{value!r} is no id of a run; copy the whole of it") from None


def _error(value: str) -> Q:
    if len(value) < SHORTEST_ERROR:
        raise Unclear(f"error:{value} is too short; give at least {SHORTEST_ERROR} letters of the error")
    return complaining(value)


def _since(value: str) -> Q:
    day_or_moment = _time(value)
    return since(day_or_moment if isinstance(day_or_moment, datetime) else first_moment(day_or_moment))


def _until(value: str) -> Q:
    """A day is meant with all its hours."""
    day_or_moment = _time(value)
    if isinstance(day_or_moment, datetime):
        return before(day_or_moment)
    return before(first_moment(min(day_or_moment, date.max - timedelta(days=1)) + timedelta(days=1)))


def _time(value: str) -> date | datetime:
    """A day, a moment, or how long ago: today, 2026-11-21, 2026-11-21T14:30, 2h."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    days = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        if value.lower() in days:
            return days[value.lower()]
        if ago := re.fullmatch(r"(\d{1,6})([smhdw])", value.lower()):
            return timezone.now() - timedelta(seconds=int(ago[1]) * SECONDS[ago[2]])
        is_day = re.fullmatch(r"\d{4}-\d\d?-\d\d?", value)
        return TypeAdapter(date).validate_python(value) if is_day else read_moment(value)
    except (ValidationError, ValueError, OverflowError):
        raise Unclear(f"{value!r} is no time; write today, 2026-11-21, 2026-11-21T14:30, or 2h") from None


def _nearest(value: str, known: list[str]) -> str:
    return did_you_mean(value.lower(), known) or f"; it is one of {', '.join(known)}"


WORDS: dict[str, Callable[[str], Q]] = {
    "state": _state,
    "origin": _origin,
    "queue": lambda value: Q(queue=value),
    "schedule": lambda value: Q(schedule=value),
    "parent": _parent,
    "id": _id,
    "error": _error,
    "since": _since,
    "until": _until,
    "is": _kind,
}
# What these mean depends on who looks.
OF_USER: dict[str, Callable[[str, User | AnonymousUser], Q]] = {"by": _by, "job": _job}

"""People who may sign in: who they are, what they may, and what one may change of another.

Nobody gives what they do not have, and nobody takes over who may do more: that would come to the same.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Prefetch, QuerySet

from console.rights import (
    GENERAL,
    Rights,
    is_seen,
    manageable,
    name_of,
    rights_in_use,
    rights_of,
    rights_of_group,
)
from jobs.access import to_run, to_view
from jobs.catalog import JOBS
from jobs.exceptions import NotAllowed
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet, lock_out_others

PAGE = 50
PERMISSIONS = Permission.objects.select_related("content_type")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for each other


@dataclass(frozen=True, kw_only=True)
class Box:
    """`by` are the groups that the right comes with anyway."""

    value: str
    words: str
    is_checked: bool
    is_locked: bool
    by: str = ""


def with_rights() -> QuerySet[User]:
    """A fixed number of queries, however many people."""
    return User.objects.prefetch_related(
        Prefetch("user_permissions", PERMISSIONS), "groups", Prefetch("groups__permissions", PERMISSIONS)
    )


def new_password() -> str:
    """To be typed once: twelve letters and digits are 59 random bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def boxes(actor: Rights, person: User) -> list[Box]:
    rights = rights_of(person)
    return [_box(actor, rights, name, words) for name, words in GENERAL.items()]


def job_rows(actor: Rights, person: User) -> list[tuple[str, Box, Box | None]]:
    """Of each job, the right to start it and, where it is private, to see it."""
    rights = rights_of(person)
    return [
        (
            name,
            _box(actor, rights, f"jobs.{to_run(name)}", f"Start {name}"),
            _box(actor, rights, f"jobs.{to_view(name)}", f"See {name}") if job.private else None,
        )
        for name, job in JOBS.items()
        if is_seen(actor, job)
    ]


def group_boxes(actor: Rights, person: User) -> list[Box]:
    mine = {group.pk for group in person.groups.all()}
    return [
        Box(
            value=str(group.pk),
            words=group.name,
            is_checked=group.pk in mine,
            is_locked=not actor.has(rights_of_group(group)),
            by=", ".join(GENERAL[each] for each in GENERAL if each in rights_of_group(group)),
        )
        for group in _groups()
    ]


def set_rights(
    actor: User, person: User, rights: Collection[str], groups: Collection[str]
) -> tuple[Any, Any]:
    """What was before and what is now. Raises NotAllowed, with nothing changed."""
    refuse_higher(actor, person)
    has, before = rights_in_use(actor), facts(person)
    given = {name_of(each): each for each in PERMISSIONS.all()}
    here = manageable(has)
    own = [name for name in here if name in rights and name in given]
    into = [group for group in _groups() if str(group.pk) in groups]
    for name in own:
        _refuse_more(has, GENERAL.get(name, name), [name])
    for group in into:
        _refuse_more(has, f"the group {group.name}", rights_of_group(group))
    kept = [each for each in person.user_permissions.all() if name_of(each) not in here]
    person.user_permissions.set([*kept, *(given[name] for name in own)])
    person.groups.set(into)
    return before, facts(with_rights().get(pk=person.pk))


def facts(person: User) -> dict[str, Any]:
    """What the audit keeps of somebody's rights."""
    rights = rights_of(person)
    return {"groups": sorted(rights.by_group), "rights": sorted(rights.own)}


def deactivate(actor: User, person: User) -> None:
    """Raises NotAllowed."""
    if person == actor:
        raise NotAllowed("You cannot deactivate yourself; ask somebody else to")
    if person.is_superuser and not actor.is_superuser:
        raise NotAllowed(f"{person.username} is an administrator: only another administrator may do that")
    lock_out_others("the last administrator")
    if person.is_superuser and not _other_administrators(person).exists():
        raise NotAllowed(f"{person.username} is the last administrator: make somebody else one first")
    User.objects.filter(pk=person.pk).update(is_active=False)


def make_administrator(actor: User, person: User, *, is_one: bool) -> None:
    """Raises NotAllowed."""
    if not actor.is_superuser:
        raise NotAllowed("Only an administrator makes another one")
    lock_out_others("the last administrator")
    if not is_one and not _other_administrators(person).exists():
        raise NotAllowed(f"{person.username} is the last administrator: make somebody else one first")
    User.objects.filter(pk=person.pk).update(is_superuser=is_one, is_staff=is_one)


def is_higher(actor: Rights, person: User) -> bool:
    """Whether that person may do what this one may not."""
    rights = rights_of(person)
    return not actor.is_all and (rights.is_all or not actor.has(rights.every))


def refuse_higher(actor: User, person: User) -> None:
    """Raises NotAllowed."""
    if is_higher(rights_in_use(actor), person):
        raise NotAllowed(f"{person.username} may do more than you: ask somebody who has all of these rights")


def waiting_runs(actor: User, person: User) -> RunQuerySet:
    """What they have started and is not over: it stays theirs, and goes on, when they are gone.

    Without what `actor` may not see, and so may not cancel either.
    """
    # What is not over is in an index of its own; the state alone is in none.
    return Run.objects.visible_to(actor).active().filter(started_by=person, finished_at=None)


def _groups() -> QuerySet[Group]:
    return Group.objects.order_by("name").prefetch_related(Prefetch("permissions", PERMISSIONS))


def _box(actor: Rights, rights: Rights, name: str, words: str) -> Box:
    return Box(
        value=name,
        words=words,
        is_checked=name in rights.own,
        is_locked=not actor.has([name]),
        by=", ".join(rights.groups_with(name)),
    )


def _refuse_more(actor: Rights, words: str, names: Collection[str]) -> None:
    if not actor.has(names):
        raise NotAllowed(f"You cannot give what you do not have yourself: {words}")


def _other_administrators(person: User) -> QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)

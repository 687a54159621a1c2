"""What each right is in words, and who may give which to whom."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission, User

from console.permissions import PEOPLE
from jobs.access import ANY_JOB, to_run, to_view, told_of
from jobs.catalog import JOBS
from jobs.job import Job

# In the order in which they are shown.
GENERAL = {
    ANY_JOB: "start any job",
    "jobs.cancel_run": "cancel and kill runs",
    "jobs.pause_run": "pause and resume runs",
    "jobs.retry_run": "run again what ran",
    "jobs.delete_run": "delete runs",
    "jobs.approve_run": "approve what others start",
    "jobs.edit_schedules": "edit schedules",
    "jobs.pause_queues": "pause and resume queues",
    PEOPLE: "manage people and their rights",
}


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Of one person: `own` were given to them by name, `by_group` come with a group, by its name."""

    is_all: bool
    own: frozenset[str]
    by_group: dict[str, frozenset[str]]

    @property
    def every(self) -> frozenset[str]:
        return self.own.union(*self.by_group.values())

    def has(self, names: Collection[str]) -> bool:
        return self.is_all or self.every.issuperset(names)

    def groups_with(self, name: str) -> list[str]:
        return sorted(group for group, names in self.by_group.items() if name in names)


def manageable(actor: Rights) -> list[str]:
    """Those that the page of a person can give and take; others belong to Django's admin."""
    seen = {name: job for name, job in JOBS.items() if is_seen(actor, job)}
    to_see = [f"jobs.{to_view(name)}" for name, job in seen.items() if job.private]
    return [*GENERAL, *(f"jobs.{to_run(name)}" for name in seen), *to_see]


def is_seen(actor: Rights, job: Job) -> bool:
    return not job.private or actor.has([f"jobs.{to_view(job.name)}"])


def rights_of(person: User) -> Rights:
    """From rows that `with_rights` has fetched; without a query of its own then."""
    return Rights(
        is_all=person.is_superuser,
        own=frozenset(map(name_of, person.user_permissions.all())),
        by_group={group.name: rights_of_group(group) for group in person.groups.all()},
    )


def rights_in_use(actor: User) -> Rights:
    """Of who is signed in, as the request has read them anyway."""
    is_all = actor.is_superuser and actor.is_active
    own = frozenset() if is_all else frozenset(actor.get_all_permissions())
    return Rights(is_all=is_all, own=own, by_group={})


def rights_of_group(group: Group) -> frozenset[str]:
    return frozenset(map(name_of, group.permissions.all()))


def name_of(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def in_words(person: User, reader: Rights) -> list[str]:
    """What this person may do, without the jobs that the reader may not see; only to look is no right."""
    rights = rights_of(person)
    if rights.is_all:
        return ["do everything"]
    every, jobs = rights.every, [name for name, job in JOBS.items() if is_seen(reader, job)]
    said = [words for name, words in GENERAL.items() if name in every]
    if ANY_JOB not in every and (started := [job for job in jobs if f"jobs.{to_run(job)}" in every]):
        said.insert(0, f"start {_listed(started)}")
    if seen := [job for job in jobs if f"jobs.{to_view(job)}" in every and JOBS[job].private]:
        said.append(f"see {_listed(seen)}")
    return said


def private_jobs_in(names: Collection[str]) -> str:
    """As `told_of` says it of the jobs that these rights are to."""
    return told_of([job for job in JOBS if f"jobs.{to_run(job)}" in names or f"jobs.{to_view(job)}" in names])


def _listed(names: list[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")

"""One spelling for the e-mail addresses of users."""

import csv
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import Annotated, NamedTuple

from annotated_types import Ge, Le
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F, Func, Max, Min, QuerySet, Value
from django.db.models.functions import Lower
from typing_extensions import Doc

from jobs.key_ranges import InTurns, KeyRange
from jobs.progress import Progress, silent

# What Python's strip() takes away; of itself PostgreSQL takes spaces only.
SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004"
    "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
NORMAL = Lower(Func(F("email"), Value(SPACE), function="btrim"))
HEADER = ("address", "users")

# Numbers are sorted faster than addresses are; the few that come twice are then grouped by address. The
# memory keeps half a million of them off the disk, and as many cores as there are help to make them.
SETTINGS = "SET LOCAL work_mem = '64MB'; SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0"
COLLISIONS = """
WITH hashes AS (
    SELECT hashtextextended(lower(btrim(email, %(space)s)), 0) AS hash FROM auth_user
), neighbours AS (
    SELECT hash, lag(hash) OVER (ORDER BY hash) AS previous FROM hashes
), suspects AS MATERIALIZED (
    SELECT DISTINCT hash FROM neighbours WHERE hash = previous AND hash <> hashtextextended('', 0)
), addresses AS (
    SELECT id, email, lower(btrim(email, %(space)s)) AS normal FROM auth_user
)
SELECT normal, array_agg(id ORDER BY id), count(*) FILTER (WHERE email <> normal)
FROM addresses JOIN suspects ON hashtextextended(normal, 0) = hash
WHERE normal <> ''
GROUP BY normal HAVING count(*) > 1 AND bool_or(email <> normal)
ORDER BY normal
"""


class Collision(NamedTuple):
    """Users who share an address, and how many of them write it otherwise."""

    address: str
    users: list[int]
    changes: int


@dataclass(frozen=True, kw_only=True)
class EmailsReport:
    """Users changed, or those that a real run would change; users rejected, who share so many addresses."""

    changed: int
    rejected: int
    collisions: int
    dry_run: bool


def normalize_emails(
    *,
    batch_size: Annotated[int, Ge(1), Doc("users looked at in one transaction")] = 10_000,
    shards: Annotated[
        int, Ge(1), Le(16), Doc("parts of the users, written at the same time over a connection each")
    ] = 2,
    dry_run: Annotated[bool, Doc("count, and change nothing")] = False,
    progress: Progress = silent,
) -> EmailsReport:
    """Write the e-mail addresses of users in lower case, without spaces around them.

    Users whose addresses would become the same, or of whom one has it already, are rejected: none of them is
    changed, and their ids are in the artifact rejected.csv.
    """
    counts = progress.counts()
    rejected = _reject(counts, progress)
    if dry_run:
        changed = User.objects.exclude(email=NORMAL).count() - counts["rejected_changes"]
    else:
        progress.update(0, message="Writing addresses")
        _write_shards(_shards(counts, shards, batch_size), rejected, batch_size, counts, progress)
        changed = counts["changed"]
    return EmailsReport(
        changed=changed, rejected=counts["rejected"], collisions=counts["collisions"], dry_run=dry_run
    )


def _reject(counts: Counter[str], progress: Progress) -> list[int]:
    """The sorted keys of users who share an address; each attempt looks anew, for users come and go."""
    found: list[Collision] = []
    for _ in progress.once("collisions"):
        progress.update(message="Looking for collisions")
        found = _collisions()
        counts["collisions"] = len(found)
        counts["rejected"] = sum(len(each.users) for each in found)
        counts["rejected_changes"] = sum(each.changes for each in found)
        if "first" not in counts:  # once, so that the shards of all attempts are the same
            keys = User.objects.aggregate(first=Min("pk"), last=Max("pk"))
            counts.update({name: key or 0 for name, key in keys.items()})
        with progress.artifact("rejected.csv") as path:
            if found:
                _write(found, path)
    return sorted(user for each in found for user in each.users)


def _collisions() -> list[Collision]:
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(COLLISIONS, {"space": SPACE})
        return [Collision(*row) for row in cursor.fetchall()]


def _write(collisions: list[Collision], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows((each.address, " ".join(map(str, each.users))) for each in collisions)


def _shards(counts: Counter[str], shards: int, batch_size: int) -> list[QuerySet[User]]:
    """The users by ranges of their keys; who came since is in the last one."""
    first, last = counts["first"], counts["last"]
    width = max(batch_size, ceil((last - first + 1) / shards))
    begins = range(first, last + 1, width) or [first]
    users = User.objects.all()
    return [
        *(users.filter(pk__gte=begin, pk__lt=begin + width) for begin in begins[:-1]),
        users.filter(pk__gte=begins[-1]),
    ]


def _write_shards(
    shards: list[QuerySet[User]],
    rejected: list[int],
    batch_size: int,
    counts: Counter[str],
    progress: Progress,
) -> None:
    parts = [
        partial(_normalize, users, f"shard {number}", rejected, batch_size)
        for number, users in enumerate(shards, 1)
    ]
    progress.side_by_side(parts, counts)


def _normalize(
    shard: QuerySet[User],
    step: str,
    rejected: list[int],
    batch_size: int,
    progress: Progress,
    counts: Counter[str],
) -> None:
    for batch in progress.batches(InTurns(shard), batch_size * InTurns.TURNS, step=step):
        users = batch.rows.exclude(email=NORMAL)
        if here := _between(batch, rejected):
            users = users.exclude(pk__in=here)
        counts["changed"] += users.update(email=NORMAL)


def _between(batch: KeyRange[User], rejected: list[int]) -> list[int]:
    begin = bisect_right(rejected, batch.after[0]) if batch.after else 0
    return rejected[begin : bisect_right(rejected, batch.last[0])]

"""How fast e-mail addresses are normalised, half of which need it, beside what else one would do.

The limit is one UPDATE of the changed rows, which looks for no collisions, keeps no place and holds its locks
to its end. What is slow gets at most 5,000 users.

Goal: 0.93 of it.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model

from benchmarks.contest.columns import TRANSACTIONS
from benchmarks.contest.contest import Contest, hold
from benchmarks.contest.contestant import Contestant
from benchmarks.contest.database import one_statement, value
from benchmarks.contest.recorded import recorded
from jobs.services.emails import normalize_emails

BATCH = 1_000
ROWS_OF_THE_SLOW = 5_000
User = get_user_model()
RESTORE = (
    "TRUNCATE auth_user RESTART IDENTITY CASCADE",
    """
    INSERT INTO auth_user (username, email, password, first_name, last_name,
                           is_superuser, is_staff, is_active, date_joined)
    SELECT 'user' || i, CASE WHEN md5(i::text) < '8' THEN ' Ann.User' || i || '@Example.COM'
                             ELSE 'ann.user' || i || '@example.com' END,
           'pbkdf2_sha256$1000000$' || md5(i::text) || '$' || md5(i::text), 'Ann', 'User',
           false, false, true, now()
    FROM generate_series(1, %(rows)s) AS i
    """,
)
LIMIT = "UPDATE auth_user SET email = lower(trim(email)) WHERE email <> lower(trim(email))"
NORMAL = "SELECT count(*) FROM auth_user WHERE email = lower(trim(email))"


def limit(_: Path) -> float:
    return one_statement(LIMIT)


def ours(_: Path) -> float:
    progress = recorded("normalize_emails")
    normalize_emails(progress=progress)
    return progress.longest


def bulk_update(_: Path) -> None:
    users = _changed()
    while batch := list(islice(users, BATCH)):
        User.objects.bulk_update(batch, ["email"])


def save(_: Path) -> None:
    for user in _changed():
        user.save(update_fields=["email"])


def _changed() -> Iterator[Any]:
    for user in User.objects.order_by("pk").iterator():
        normal = user.email.strip().lower()
        if normal != user.email:
            user.email = normal
            yield user


def contestants(rows: int) -> list[Contestant]:
    few = min(rows, ROWS_OF_THE_SLOW)
    first = Contestant("update", "one UPDATE of the changed", limit, rows)
    return [
        first,
        Contestant("ours", "normalize_emails", ours, rows, first),
        Contestant("bulk_update", "bulk_update of the changed, batch 1,000", bulk_update, few, first),
        Contestant("save", "save(update_fields) of the changed", save, few, first),
    ]


def is_normal(each: Contestant, _: Path) -> bool:
    return bool(value(NORMAL) == each.rows)


CONTEST = Contest(
    about=__doc__,
    rows=500_000,
    contestants=contestants,
    columns=TRANSACTIONS,
    is_done=is_normal,
    restore=RESTORE,
)

if __name__ == "__main__":
    hold(CONTEST)

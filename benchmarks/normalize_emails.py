"""How fast e-mail addresses are normalised, half of which need it, beside what else one would do.

The limit is one UPDATE of the changed rows, which looks for no collisions, keeps no place and holds its locks
to its end.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from benchmarks.tables.contest import Contest, TimedProgress, hold, recorded
from jobs.services.emails import normalize_emails

BATCH = 1_000
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
    FROM generate_series(1, %s) AS i
    """,
    "VACUUM ANALYZE auth_user",
)
LIMIT = "UPDATE auth_user SET email = lower(trim(email)) WHERE email <> lower(trim(email))"


def limit() -> None:
    with connection.cursor() as cursor:
        cursor.execute(LIMIT)


def ours() -> TimedProgress:
    progress = recorded("normalize_emails")
    normalize_emails(progress=progress)
    return progress


def bulk_update() -> None:
    users = _changed()
    while batch := list(islice(users, BATCH)):
        User.objects.bulk_update(batch, ["email"])


def save() -> None:
    for user in _changed():
        user.save(update_fields=["email"])


def _changed() -> Iterator[Any]:
    for user in User.objects.order_by("pk").iterator():
        normal = user.email.strip().lower()
        if normal != user.email:
            user.email = normal
            yield user


def left(rows: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_user WHERE email <> lower(trim(email))")
        return int(cursor.fetchone()[0])


CONTEST = Contest(
    module="benchmarks.normalize_emails",
    about=__doc__ or "",
    rows=500_000,
    restore=RESTORE,
    changed=left,
    variants={
        "one UPDATE of the changed": limit,
        "normalize_emails": ours,
        "bulk_update of the changed, batch 1,000, fewer rows": bulk_update,
        "save(update_fields) of the changed, fewer rows": save,
    },
    slow=(
        "bulk_update of the changed, batch 1,000, fewer rows",
        "save(update_fields) of the changed, fewer rows",
    ),
)

if __name__ == "__main__":
    hold(CONTEST)

"""A service with a past, for pictures of its pages: ninety days of runs, and something of everything now."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone
from uuid_utils.compat import uuid7

from jobs.models import Attempt, Run
from jobs.models.state import State

DAYS = 90
# Of each job: runs a day, their usual seconds, and one in how many fails.
HABITS = {
    "import_products": (3, 24, 40),
    "import_orders": (5, 12, 60),
    "export_products": (2, 6, 90),
    "send_notifications": (8, 4, 30),
    "compute_daily_stats": (1, 30, 200),
    "cleanup_old_data": (1, 90, 80),
    "sync_products": (4, 40, 12),
    "normalize_emails": (1, 15, 150),
    "cleanup_runs": (1, 8, 500),
}
ERRORS = {
    "sync_products": "The server shop.example answered 503: try again later",
    "import_products": "No column is named sku; the file has: article, name, price",
    "send_notifications": "The mail server mail.example refused the connection",
}


def make_world(seed: int = 7) -> None:
    """Into an empty service."""
    chance = random.Random(seed)
    people = [_person(name) for name in ("anna", "ben", "chidi")]
    now = timezone.now()
    runs = [
        _past(chance, job, now - timedelta(days=day, seconds=chance.uniform(0, 80_000)), people)
        for day in range(1, DAYS)
        for job, (a_day, _, _) in HABITS.items()
        for _ in range(chance.randint(max(1, a_day - 1), a_day + 1))
    ]
    Run.objects.bulk_create(sorted(runs, key=lambda run: run.created_at))
    Attempt.objects.bulk_create(map(_attempt, runs))


def _person(name: str) -> User:
    person = User.objects.create_user(name)
    person.groups.set(Group.objects.filter(name="Operators"))
    return person


def _past(chance: random.Random, job: str, at: datetime, people: list[User]) -> Run:
    _, usual, fails = HABITS[job]
    length = timedelta(seconds=usual * chance.lognormvariate(0, 0.4))
    state = State.FAILED if chance.randrange(fails) == 0 else State.SUCCEEDED
    rows = int(usual * chance.uniform(80, 140))
    scheduled = job in ("cleanup_runs", "cleanup_old_data", "compute_daily_stats")
    values: dict[str, Any] = {
        **{
            "pk": uuid7(nanoseconds=int(at.timestamp() * 1e9)),
            "job": job,
            "state": state,
            "attempt": 1,
            "worker": "worker@shop:214",
        },
        **{"done": rows, "total": rows, "queue": "bulk", "origin": "schedule" if scheduled else "console"},
        **{"started_by": None if scheduled else chance.choice(people), "schedule": job if scheduled else ""},
        **{
            "created_at": at,
            "started_at": at,
            "finished_at": at + length,
            "not_before": at,
            "publish_after": at,
        },
        "error": ERRORS.get(job, "It ran out of time") if state == State.FAILED else "",
    }
    return Run(**values)


def _attempt(run: Run) -> Attempt:
    return Attempt(
        run=run,
        number=1,
        worker=run.worker,
        started_at=run.started_at,
        finished_at=run.finished_at,
        outcome=run.state,
        error_message=run.error,
    )

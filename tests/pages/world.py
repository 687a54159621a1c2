"""A service with a past, for pictures of its pages: ninety days of runs, and something of everything now."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import Group, User
from django.utils import timezone
from uuid_utils.compat import uuid7

from jobs.models import Attempt, Run
from jobs.models.run import Origin
from jobs.models.state import State

DAYS = 90
# Of each job: runs a day, their usual seconds, and one in how many fails.
HABITS = {
    "import_products": (3, 24, 40),
    "import_orders": (5, 12, 60),
    "export_products": (2, 6, 90),
    "send_notifications": (8, 4, 30),
    "sync_products": (4, 40, 12),
    "normalize_emails": (1, 15, 150),
    # By their schedules alone.
    "compute_daily_stats": (0, 30, 200),
    "cleanup_old_data": (0, 90, 80),
    "cleanup_runs": (0, 8, 500),
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
        past_run(chance, job, now - timedelta(days=day, seconds=chance.uniform(0, 80_000)), by=people)
        for day in range(1, DAYS)
        for job, (a_day, _, _) in HABITS.items()
        if a_day
        for _ in range(chance.randint(max(1, a_day - 1), a_day + 1))
    ]
    Run.objects.bulk_create(sorted(runs, key=lambda run: run.created_at))
    Attempt.objects.bulk_create(map(attempt_of, runs))


def _person(name: str) -> User:
    person = User.objects.create_user(name)
    person.groups.set(Group.objects.filter(name__in=("Operators", "Planners")))
    return person


def past_run(
    chance: random.Random, job: str, at: datetime, *, by: Sequence[User] = (), schedule: str = ""
) -> Run:
    """One that ended, by one of those people or by that schedule."""
    _, usual, fails = HABITS[job]
    length = timedelta(seconds=usual * chance.lognormvariate(0, 0.4))
    state = State.FAILED if chance.randrange(fails) == 0 else State.SUCCEEDED
    rows = int(usual * chance.uniform(80, 140))
    return Run(
        pk=uuid7(nanoseconds=int(at.timestamp() * 1e9)),
        **{"job": job, "state": state, "attempt": 1, "worker": "worker@shop:214", "queue": "bulk"},
        **{"done": rows, "total": rows, "origin": Origin.CONSOLE if by else Origin.SCHEDULE},
        **{"started_by": chance.choice(by) if by else None, "schedule": schedule},
        **{"created_at": at, "started_at": at, "finished_at": at + length},
        **{"not_before": at, "publish_after": at},
        error=ERRORS.get(job, "It ran out of time") if state == State.FAILED else "",
    )


def attempt_of(run: Run) -> Attempt:
    return Attempt(
        run=run,
        number=1,
        worker=run.worker,
        started_at=run.started_at,
        finished_at=run.finished_at,
        outcome=run.state,
        error_message=run.error,
    )

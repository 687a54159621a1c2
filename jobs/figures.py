"""The figures of each day are kept up to date: today's again and again, those of a day that is over once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from jobs.models.day_figures import DayFigures
from jobs.models.run import Run
from jobs.services.days import first_moment, last_moment

AGAIN_AFTER = timedelta(minutes=1)  # today's figures are never older, while a worker lives
SETTLED_AFTER = timedelta(minutes=5)  # an end that was written at midnight is committed by then
AT_ONCE = 3  # days; after an update all of them are missing, and no sweep is to take long

LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('jobs:figures', 0))"

# The range of moments finds the runs by their index; whose day each is, is asked of the zone. What is counted
# never shrinks: who deletes runs does not undo that they ran.
WRITE = """
WITH counted AS (
    SELECT coalesce(job, '') AS job,
        count(*) FILTER (WHERE state = 'succeeded') AS succeeded,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
        percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY finished_at - started_at)
            FILTER (WHERE state = 'succeeded') AS durations
    FROM jobs_run
    WHERE finished_at BETWEEN %(begin)s AND least(%(end)s, statement_timestamp())
        AND (finished_at AT TIME ZONE %(zone)s)::date = %(day)s
    GROUP BY GROUPING SETS ((job), ())
)
INSERT INTO jobs_dayfigures AS stored (day, job, succeeded, failed, cancelled, median, p95)
SELECT %(day)s, job, succeeded, failed, cancelled, durations[1], durations[2] FROM counted
ON CONFLICT (job, day) DO UPDATE SET
    written_at = excluded.written_at,
    (succeeded, failed, cancelled, median, p95) = (
        SELECT * FROM (VALUES
            (excluded.succeeded, excluded.failed, excluded.cancelled, excluded.median, excluded.p95),
            (stored.succeeded, stored.failed, stored.cancelled, stored.median, stored.p95)
        ) AS either (succeeded, failed, cancelled, median, p95)
        ORDER BY succeeded + failed + cancelled DESC LIMIT 1)
"""

# Those that are written, and for today what ended since: runs of a minute, while a worker lives. Midnight is
# named too, since the planner would take an unknown moment for one third of all runs.
READ = """
SELECT day, succeeded, failed, cancelled, median, p95
FROM jobs_dayfigures WHERE job = '' AND day BETWEEN %(first)s AND %(today)s
UNION ALL
SELECT %(today)s, count(*) FILTER (WHERE state = 'succeeded'), count(*) FILTER (WHERE state = 'failed'),
    count(*) FILTER (WHERE state = 'cancelled'), NULL, NULL
FROM jobs_run
WHERE finished_at >= %(midnight)s AND finished_at > coalesce(
    (SELECT written_at FROM jobs_dayfigures WHERE job = '' AND day = %(today)s), %(midnight)s)
"""


def keep_up() -> int:
    """Write some of the days that are due, the latest first; how many. One process does it at a time."""
    with transaction.atomic():
        if not _it_is_our_turn():
            return 0
        days = due_days()[:AT_ONCE]
        for day in days:
            write_day(day)
    return len(days)


def read_days(count: int) -> list[DayFigures]:
    """Of all jobs, so many days up to this moment; one query. Nothing ran on those that have no row."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    first = today - timedelta(days=count - 1)
    figures = [DayFigures(day=first + timedelta(days=number)) for number in range(count)]
    values = {"first": first, "today": today, "midnight": first_moment(today)}
    with connection.cursor() as cursor:
        cursor.execute(READ, values)
        for day, *counts_and_durations in cursor:
            figures[(day - first).days].add(*counts_and_durations)
    return figures


def due_days() -> list[date]:
    """Those that are missing or may have changed, from today back to that of the first run on record."""
    first = Run.objects.filter(finished_at__isnull=False).aggregate(first=Min("finished_at"))["first"]
    written = dict(DayFigures.objects.of_all_jobs().values_list("day", "written_at"))
    now = timezone.now()
    return [day for day in _days_back(now, first or now) if _is_due(day, written.get(day), now)]


def write_day(day: date) -> None:
    values = {"day": day, "begin": first_moment(day), "end": last_moment(day), "zone": settings.TIME_ZONE}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)


def _it_is_our_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        (has_it,) = cursor.fetchone()
    return bool(has_it)


def _days_back(now: datetime, first: datetime) -> Iterator[date]:
    zone = timezone.get_default_timezone()
    last = timezone.localdate(first, timezone=zone)
    day = timezone.localdate(now, timezone=zone)
    while day >= last:
        yield day
        day -= timedelta(days=1)


def _is_due(day: date, written: datetime | None, now: datetime) -> bool:
    return written is None or written < min(now - AGAIN_AFTER, last_moment(day) + SETTLED_AFTER)

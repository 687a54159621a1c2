"""How long the runs of a job usually take."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

RUNS = 30
LOOKED_AT = 300  # the last runs among which those are looked for: a job that fails all day costs no more


@dataclass(frozen=True, kw_only=True)
class Usual:
    """Of so many `runs` half took up to `median`, and 95 of 100 up to `most`."""

    runs: int
    median: timedelta
    most: timedelta


def usual_duration(job: str) -> Usual | None:
    """Of the last successful runs, from the first attempt to the end, previews left out; None without any."""
    with connection.cursor() as cursor:
        cursor.execute(DURATIONS, {"job": job, "looked_at": LOOKED_AT, "runs": RUNS})
        runs, median, most = cursor.fetchone()
    return Usual(runs=runs, median=median, most=most) if runs else None


DURATIONS = """
SELECT count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY taken),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY taken)
FROM (
    SELECT finished_at - started_at AS taken
    FROM (
        SELECT id, state, started_at, finished_at, parameters -> 'dry_run' AS preview
        FROM jobs_run WHERE job = %(job)s ORDER BY id DESC LIMIT %(looked_at)s
    ) AS looked_at
    WHERE state = 'succeeded' AND started_at IS NOT NULL AND preview IS DISTINCT FROM 'true'
    ORDER BY id DESC LIMIT %(runs)s
) AS last
"""

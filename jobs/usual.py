"""How long the runs of a job usually take."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import DurationField
from django.db.models.expressions import RawSQL

from jobs.models.run_indexes import OF_WANTED

RUNS = 30
LOOKED_AT = 300  # the last runs among which those are looked for: a job that fails all day costs no more


@dataclass(frozen=True, kw_only=True)
class Usual:
    """Of so many `runs` half took up to `median`, and 95 of 100 up to `most`."""

    runs: int
    median: timedelta
    most: timedelta


def usual_durations(jobs: Collection[str]) -> Mapping[str, Usual]:
    """Of the last successful runs of each, from the first attempt to the end, previews left out.

    A job without any is not among them.
    """
    with connection.cursor() as cursor:
        cursor.execute(DURATIONS, [list(jobs)])
        return {
            job: Usual(runs=runs, median=median, most=most) for job, runs, median, most in cursor.fetchall()
        }


# How long each of those of the job `wanted.name` took.
LAST = f"""
    SELECT finished_at - started_at AS taken
    FROM (
        SELECT job, id, state, started_at, finished_at, parameters -> 'dry_run' AS preview
        FROM jobs_run WHERE {OF_WANTED} ORDER BY job DESC, id DESC LIMIT {LOOKED_AT}
    ) AS looked_at
    WHERE state = 'succeeded' AND started_at IS NOT NULL AND preview IS DISTINCT FROM 'true'
    ORDER BY job DESC, id DESC LIMIT {RUNS}
"""  # noqa: S608 nothing of anybody's is in it
DURATIONS = f"""
SELECT wanted.name, count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY taken),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY taken)
FROM unnest(%s::text[]) AS wanted (name) CROSS JOIN LATERAL ({LAST}) AS last
GROUP BY wanted.name
"""  # noqa: S608
# The same `most` beside each run that a query finds.
MOST_OF_RUN = RawSQL(  # noqa: S611
    f"""
    SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY taken)
    FROM (SELECT jobs_run.job AS name) AS wanted CROSS JOIN LATERAL ({LAST}) AS last
    """,  # noqa: S608
    (),
    output_field=DurationField(),
)

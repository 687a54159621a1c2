"""What the attempts of dead workers leave behind, put in order by two statements."""

DEAD = "state = 'running' AND finished_at IS NULL AND coalesce(lease_until, '-infinity') < clock_timestamp()"
LOST = "state = 'running' AND id = ANY(%(ids)s) AND worker = %(worker)s"

# A process that is frozen in the middle of a batch, or was killed in the middle of a long statement, still
# holds its locks: the next attempt would wait for them. Its session is ended, up to a second waited for.
END_SESSIONS = """
WITH session AS (
    SELECT pid, regexp_match(application_name, '^nightshift ([0-9a-f-]{36}) ([0-9]+)$') AS named
    FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
      AND state <> 'idle' AND application_name LIKE 'nightshift %%'
)
SELECT pg_terminate_backend(pid, 1000) FROM session
JOIN jobs_run ON id = named[1]::uuid AND attempt = named[2]::int
WHERE {which}
"""

# A locked row is being committed right now, so its owner lives. The first crash goes back at once, the next
# after 5, 15, 45 ... seconds; a terminal's run waits for its person.
REAP = """
WITH dead AS (
    SELECT id, CASE
        WHEN wish IN ('cancel', 'kill') THEN 'cancelled'
        WHEN crashes + 1 >= %(crash_limit)s AND NOT attended THEN 'failed'
        WHEN attended OR wish = 'pause' THEN 'paused'
        ELSE 'queued' END AS next,
        CASE WHEN crashes = 0 THEN interval '0' ELSE
            least(300, 5 * power(3, crashes - 1)) * interval '1 second' END AS wait
    FROM jobs_run WHERE {which}
    ORDER BY id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED
), reaped AS (
    UPDATE jobs_run SET
        state = next, crashes = crashes + 1, token = NULL, lease_until = NULL,
        wish = CASE WHEN next IN ('queued', 'paused') THEN '' ELSE wish END,
        error = CASE next
            WHEN 'cancelled' THEN %(cancelled)s
            WHEN 'failed' THEN %(poison)s
            ELSE %(error)s END,
        not_before = clock_timestamp() + wait, publish_after = clock_timestamp() + wait,
        finished_at = CASE WHEN next IN ('queued', 'paused') THEN NULL ELSE clock_timestamp() END
    FROM dead WHERE jobs_run.id = dead.id
    RETURNING jobs_run.id, jobs_run.attempt, jobs_run.worker, jobs_run.started_at
), ended AS (
    INSERT INTO jobs_attempt (run_id, number, worker, started_at, finished_at, outcome, error_type,
                              error_message, traceback, log)
    SELECT id, attempt, worker, coalesce(started_at, clock_timestamp()), clock_timestamp(), 'crashed', '',
           %(error)s, '', ''
    FROM reaped
    ON CONFLICT (run_id, number) DO UPDATE SET
        finished_at = excluded.finished_at, outcome = excluded.outcome,
        error_message = excluded.error_message
)
SELECT id, next FROM reaped JOIN dead USING (id)
"""

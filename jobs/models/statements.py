"""The writes of a run as plain SQL: each is one guarded statement, twice as fast as through the ORM.

Each names the attempt that writes, so an attempt that is over changes no row. clock_timestamp() and not
now(): the latter is the start of the transaction, which may be a batch ago.
"""

# The NOT EXISTS sees what is committed; claims of a job that runs alone take turns by an advisory lock.
CLAIM = """
WITH claimed AS (
    UPDATE jobs_run SET
        state = 'running', attempt = attempt + 1, worker = %(worker)s, error = '',
        started_at = coalesce(started_at, clock_timestamp())
    WHERE id = %(id)s AND state = 'queued' AND not_before <= clock_timestamp() AND job = ANY(%(jobs)s)
      AND (NOT %(alone)s OR NOT EXISTS (
          SELECT FROM jobs_run other
          WHERE other.finished_at IS NULL AND other.state = 'running' AND other.job = ANY(%(jobs)s)))
    RETURNING *
), begun AS (
    INSERT INTO jobs_attempt (run_id, number, worker, started_at, outcome, error_type, error_message,
                              traceback, log)
    SELECT id, attempt, worker, clock_timestamp(), '', '', '', '', '' FROM claimed
)
SELECT * FROM claimed
"""

REPORT = """
WITH reported AS (
    UPDATE jobs_run SET done = %(done)s, total = %(total)s, message = %(message)s
    WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running'
    RETURNING id, attempt, cancel_requested_at
), logged AS (
    UPDATE jobs_attempt SET log = %(log)s FROM reported
    WHERE run_id = reported.id AND number = reported.attempt AND %(log)s::text IS NOT NULL
)
SELECT cancel_requested_at FROM reported
"""

# An attempt that is to be tried again goes back to the queue, due after the wait, unless somebody has asked
# for a cancel meanwhile; any other end is final.
FINISH = """
WITH finished AS (
    UPDATE jobs_run SET
        state = CASE WHEN %(state)s = 'queued' AND cancel_requested_at IS NOT NULL THEN 'cancelled'
                     ELSE %(state)s END,
        result = %(result)s::json, error = %(error)s,
        done = %(done)s, total = %(total)s, message = %(message)s,
        not_before = coalesce(clock_timestamp() + %(wait)s, not_before),
        publish_after = coalesce(clock_timestamp() + %(wait)s, publish_after),
        finished_at = CASE WHEN %(state)s = 'queued' AND cancel_requested_at IS NULL THEN NULL
                           ELSE clock_timestamp() END
    WHERE id = %(id)s AND attempt = %(attempt)s AND state = ANY(%(sources)s)
    RETURNING id, attempt, state
), ended AS (
    UPDATE jobs_attempt SET
        finished_at = clock_timestamp(), log = %(log)s, traceback = %(traceback)s,
        outcome = CASE WHEN state = 'queued' THEN 'retried' ELSE state END,
        error_type = %(error_type)s, error_message = %(error)s
    FROM finished WHERE run_id = finished.id AND number = finished.attempt
)
SELECT id FROM finished
"""

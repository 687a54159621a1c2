"""The writes of a run as plain SQL: each is one guarded statement, twice as fast as through the ORM.

What an attempt writes names the attempt and the random token of its claim, so an attempt that is over
changes no row. clock_timestamp() and not now(): the latter is the start of the transaction, which may be a
batch ago. Only this clock counts; those of the workers do not matter.
"""

# What a worker has to know of a run that it claims, and what it did not know of one that it ends.
CLAIMED = (
    "id, job, parameters, state, queue, attempt, worker, attended, token, failures, crashes, wish, lane, "
    "done, total, message, counters, cursor, error"
)
FINISHED = "state, wish, failures, crashes, not_before, finished_at"

# Of the first attempt the row knows all there is to know, so its own record is made with its end: a short run
# is one row less to write. A worker does not wait until its claim is on the disk: were it lost in a crash
# of the server, the run would be claimed again, and the token keeps the two attempts apart.
# The session bears the attempt's name, so that it can be found when the attempt is dead.
# A paused queue hands out nothing, and who waits for runs below needs no worker; a person at a terminal
# may go on all the same, but not with what waits for the approval of another.
_CLAIM = f"""
WITH claimed AS (
    UPDATE jobs_run SET
        state = 'running', attempt = attempt + 1, token = %(token)s, worker = %(worker)s,
        attended = %(attended)s, lease_until = clock_timestamp() + %(lease)s, error = '',
        awaits = '', started_at = coalesce(started_at, clock_timestamp())
    WHERE id = %(id)s AND state = 'queued' AND not_before <= clock_timestamp() AND job = ANY(%(jobs)s)
      AND (%(attended)s AND awaits <> 'person' OR awaits = '' AND NOT EXISTS (
          SELECT FROM jobs_queue WHERE name = jobs_run.queue AND paused_at IS NOT NULL))
      {{turn}}
    RETURNING {CLAIMED}, clock_timestamp() AS begun_at
), begun AS (
    INSERT INTO jobs_attempt (run_id, number, worker, started_at, cursor, outcome, error_type,
                              error_message, traceback, log)
    SELECT id, attempt, worker, begun_at, cursor, '', '', '', '', '' FROM claimed WHERE attempt > 1
)
SELECT {CLAIMED}, CASE WHEN NOT %(attended)s THEN set_config('synchronous_commit', 'off', true) END,
    set_config('application_name', 'nightshift ' || id || ' ' || attempt, false)
FROM claimed
"""

CLAIM = _CLAIM.replace("{turn}", "")

# Of a job with a limit: a statement of its own, since a plan for both would be made anew for each run. The
# count sees what is committed, so such claims take turns by an advisory lock.
CLAIM_IN_TURN = _CLAIM.replace(
    "{turn}",
    """AND %(at_most)s > (
          SELECT count(*) FROM jobs_run other
          WHERE other.finished_at IS NULL AND other.state = 'running'
            AND other.lane = jobs_run.lane AND other.job = jobs_run.job)""",
)

# A second connection of the attempt is ended with the one that claimed it.
NAME_SESSION = "SELECT set_config('application_name', 'nightshift ' || %(id)s || ' ' || %(attempt)s, false)"

OWN = "id = %(id)s AND attempt = %(attempt)s AND token = %(token)s AND state = 'running'"

# The last statement of a batch's transaction: the row is locked for the commit only. A run that gets on is
# no poison, so its crashes are forgotten.
CHECKPOINT = f"""
UPDATE jobs_run SET
    cursor = %(cursor)s, counters = %(counters)s, done = %(done)s, total = %(total)s,
    message = %(message)s, crashes = 0, lease_until = clock_timestamp() + %(lease)s
WHERE {OWN}
RETURNING wish
"""

REPORT = f"""
WITH reported AS (
    UPDATE jobs_run SET
        done = %(done)s, total = %(total)s, message = %(message)s,
        lease_until = clock_timestamp() + %(lease)s
    WHERE {OWN}
    RETURNING id, attempt, worker, started_at, wish
), logged AS (
    INSERT INTO jobs_attempt (run_id, number, worker, started_at, outcome, error_type, error_message,
                              traceback, log)
    SELECT id, attempt, worker, started_at, '', '', '', '', coalesce(%(log)s::text, '') FROM reported
    ON CONFLICT (run_id, number) DO UPDATE SET log = excluded.log WHERE %(log)s::text IS NOT NULL
)
SELECT wish FROM reported
"""

# One for all that a worker really executes. A row that is locked is being committed right now: its
# checkpoint renews it, and must not keep the others waiting.
RENEW = """
UPDATE jobs_run SET lease_until = clock_timestamp() + %(lease)s
WHERE id IN (
    SELECT id FROM jobs_run
    WHERE id = ANY(%(ids)s) AND worker = %(worker)s AND state = 'running'
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, wish, wish = 'kill' OR (wish = 'cancel' AND wished_at + %(grace)s < clock_timestamp())
"""

# Where the attempt says "again", somebody may have asked for an end meanwhile; where it pauses as it was
# asked to, somebody may have thought better of it.
NEXT = """CASE
    WHEN (%(state)s IN ('queued', 'paused') OR %(crashed)s = 1) AND wish IN ('cancel', 'kill')
        THEN 'cancelled'
    WHEN %(state)s = 'queued' AND wish = 'pause' THEN 'paused'
    WHEN %(state)s = 'paused' AND %(outcome)s = 'yielded' AND wish = '' AND NOT attended THEN 'queued'
    ELSE %(state)s END"""

FINISH = f"""
WITH finished AS (
    UPDATE jobs_run SET
        state = {NEXT},
        wish = CASE WHEN {NEXT} IN ('queued', 'paused') THEN '' ELSE wish END,
        token = NULL, lease_until = NULL,
        failures = failures + %(failed)s, crashes = crashes + %(crashed)s,
        result = %(result)s::json, error = %(error)s,
        done = %(done)s, total = %(total)s, message = %(message)s, awaits = %(awaits)s,
        not_before = coalesce(clock_timestamp() + %(wait)s::interval, not_before),
        publish_after = coalesce(clock_timestamp() + %(wait)s::interval, publish_after),
        finished_at = CASE WHEN {NEXT} IN ('queued', 'paused') THEN NULL ELSE clock_timestamp() END
    WHERE {OWN}
    RETURNING id, attempt, worker, started_at, {FINISHED}
), ended AS (
    INSERT INTO jobs_attempt (run_id, number, worker, started_at, finished_at, outcome, error_type,
                              error_message, traceback, log)
    SELECT id, attempt, worker, started_at, clock_timestamp(),
           CASE WHEN state = 'queued' THEN %(outcome)s ELSE state END,
           %(error_type)s, %(error)s, %(traceback)s, %(log)s
    FROM finished
    ON CONFLICT (run_id, number) DO UPDATE SET
        finished_at = excluded.finished_at, outcome = excluded.outcome, error_type = excluded.error_type,
        error_message = excluded.error_message, traceback = excluded.traceback, log = excluded.log
)
SELECT {FINISHED} FROM finished
"""

# The ends of many runs that went well, and have no more to say. A row that is locked keeps the others
# waiting no more than in RENEW; it is told apart from one that is no longer this attempt's.
SUCCEED = """
WITH given AS (
    SELECT * FROM json_to_recordset(%(successes)s::json) AS given (
        id uuid, attempt int, token uuid, result text, log text, done bigint, total bigint, message text)
), own AS MATERIALIZED (
    SELECT id FROM given JOIN jobs_run USING (id, attempt, token) WHERE state = 'running'
), free AS MATERIALIZED (
    SELECT id FROM jobs_run WHERE id IN (SELECT id FROM own) FOR NO KEY UPDATE SKIP LOCKED
), finished AS (
    UPDATE jobs_run run SET
        state = 'succeeded', token = NULL, lease_until = NULL, result = given.result::json, error = '',
        done = given.done, total = given.total, message = given.message, finished_at = clock_timestamp()
    FROM given JOIN free USING (id)
    WHERE run.id = given.id AND run.attempt = given.attempt AND run.token = given.token
      AND run.state = 'running'
    RETURNING run.id, run.attempt, run.worker, run.started_at, run.finished_at, given.log
), ended AS (
    INSERT INTO jobs_attempt (run_id, number, worker, started_at, finished_at, outcome, error_type,
                              error_message, traceback, log)
    SELECT id, attempt, worker, started_at, finished_at, 'succeeded', '', '', '', log FROM finished
    ON CONFLICT (run_id, number) DO UPDATE SET
        finished_at = excluded.finished_at, outcome = excluded.outcome, log = excluded.log
)
SELECT own.id, finished.id IS NOT NULL FROM own LEFT JOIN finished USING (id)
"""

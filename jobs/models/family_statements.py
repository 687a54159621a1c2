"""The statements that reach a run and those below it: what is asked of them all, and who waits for whom."""

# Runs whose children have all ended go on; until then, some show the sum of their children's progress. Who
# waits for a person has no children, and is woken by nobody else.
WAKE = """
UPDATE jobs_run run SET
    awaits = CASE WHEN child.unfinished = 0 THEN '' ELSE awaits END,
    publish_after = CASE WHEN child.unfinished = 0 THEN clock_timestamp() ELSE run.publish_after END,
    done = CASE WHEN awaits = 'shares' THEN child.done ELSE run.done END
FROM (SELECT parent.id, count(child.id) FILTER (WHERE child.finished_at IS NULL) AS unfinished,
             coalesce(sum(child.done), 0) AS done
      FROM jobs_run parent LEFT JOIN jobs_run child ON child.parent_id = parent.id
      WHERE parent.awaits <> '' AND parent.awaits <> 'person' AND parent.state = 'queued'
      GROUP BY parent.id) AS child
WHERE run.id = child.id AND run.awaits <> '' AND run.awaits <> 'person' AND run.state = 'queued'
  AND (child.unfinished = 0 OR run.awaits = 'shares' AND run.done <> child.done)
"""

# Those runs and all below them, locked in one order, so that two who ask at once do not wait for each other.
FAMILY = """
WITH RECURSIVE family AS (
    SELECT id FROM jobs_run WHERE id = ANY(%(ids)s)
    UNION SELECT child.id FROM jobs_run child JOIN family ON child.parent_id = family.id
), locked AS (
    SELECT id FROM jobs_run WHERE id IN (SELECT id FROM family) ORDER BY id FOR NO KEY UPDATE
)
"""

# Where one waits its state changes; where it runs, it is told.
ASK = f"""{FAMILY}
UPDATE jobs_run SET
    state = CASE WHEN state = 'running' THEN state ELSE %(target)s END,
    wish = CASE WHEN state = 'running' THEN %(wish)s ELSE '' END,
    wished_at = clock_timestamp(),
    error = CASE WHEN state = 'running' THEN error ELSE %(error)s END,
    finished_at = CASE WHEN state <> 'running' AND %(target)s = 'cancelled' THEN clock_timestamp() END
WHERE id IN (SELECT id FROM locked)
  AND (state = ANY(%(sources)s) AND state <> 'running' OR state = 'running' AND wish = ANY(%(weaker)s))
"""

# A wait for the next attempt is over with it; a time that somebody has set is not.
RESUME = f"""{FAMILY}
UPDATE jobs_run SET
    state = CASE WHEN state = 'paused' THEN 'queued' ELSE state END,
    wish = '', wished_at = NULL,
    error = CASE WHEN state = 'paused' THEN '' ELSE error END,
    crashes = CASE WHEN state = 'paused' THEN 0 ELSE crashes END,
    attended = attended AND state <> 'paused',
    not_before = CASE WHEN attempt > 0 THEN least(not_before, clock_timestamp()) ELSE not_before END,
    publish_after = CASE WHEN state = 'paused' THEN clock_timestamp() ELSE publish_after END
WHERE id IN (SELECT id FROM locked) AND (state = 'paused' OR state = 'running' AND wish = 'pause')
"""

"""A history as a busy house has it: runs of ninety days, a hundredth of them of today."""

import sys

from django.contrib.auth.models import User
from django.db import connection

PART = 250_000  # runs of one transaction
PEOPLE = 20

# `age` counts runs back from now: a hundredth lies in the last 16 hours, the others in ninety days before.
# Beside frequent values there are rare ones: of a job, of a queue, of where runs come from, of a person.
RUNS = """
INSERT INTO jobs_run (
    id, job, parameters, state, queue, priority, attempt, worker, done, total, message, counters, result,
    error, origin, schedule, started_by_id, created_at, started_at, finished_at)
SELECT (lpad(to_hex((extract(epoch FROM created) * 1000)::bigint), 12, '0')
            || '7' || substr(hash, 1, 3) || 'a' || substr(hash, 4, 15))::uuid,
    job,
    CASE job
        WHEN 'import_products' THEN jsonb_build_object(
            'path', '/srv/uploads/' || hash || '/products-' || age || '.csv', 'batch_size', 5000,
            'dry_run', mod(age, 5) = 0)
        WHEN 'greet' THEN jsonb_build_object('name', 'customer ' || age, 'times', 1)
        WHEN 'export_products' THEN jsonb_build_object(
            'output', 'products.csv', 'category', 'CATEGORY ' || mod(age, 500))
        ELSE '{}' END,
    state,
    CASE WHEN mod(age, 49999) = 0 THEN 'rare' WHEN mod(age, 3) = 0 THEN 'bulk' ELSE 'default' END,
    5, CASE state WHEN 'queued' THEN 0 ELSE 1 END, 'celery@worker-' || mod(age, 8),
    mod(age, 5000), 5000, 'Writing products', '{"read": 5000}',
    CASE state WHEN 'succeeded' THEN '{"created": 12, "updated": 4988}'::json END,
    CASE WHEN state <> 'failed' THEN ''
        WHEN mod(age, 500) = 51 THEN 'ReadTimeoutError: the shop gave no answer to ' || age
        ELSE 'ValueError: row ' || mod(age, 5000) || ' has no price' END,
    CASE WHEN mod(age, 49999) = 0 THEN 'api' WHEN mod(age, 10) = 0 THEN 'console'
        WHEN mod(age, 4) = 0 THEN 'schedule' ELSE 'code' END,
    CASE WHEN mod(age, 10) <> 0 AND mod(age, 4) = 0 THEN 'plan ' || mod(age, 400) ELSE '' END,
    CASE WHEN mod(age, 99991) = 0 THEN (%(people)s)[1]
        WHEN mod(age, 10) = 0 THEN (%(people)s)[2 + mod(age / 10, array_length(%(people)s, 1) - 1)] END,
    created,
    CASE WHEN state <> 'queued' THEN created + interval '1 second' END,
    CASE WHEN state NOT IN ('queued', 'running', 'paused')
        THEN created + interval '1 second' * (2 + mod(age, 300)) END
FROM (
    SELECT age, md5(age::text) AS hash,
        now() - CASE WHEN age <= %(rows)s / 100 THEN interval '16 hours' * age / (%(rows)s / 100.0)
            ELSE interval '16 hours' + interval '90 days' * age / %(rows)s END AS created,
        CASE WHEN mod(age, 999983) = 0 THEN 'nightly'
            ELSE (ARRAY['import_products', 'greet', 'export_products', 'send_notifications', 'check_health',
                        'cleanup_tokens'])[1 + mod(age, 6)] END AS job,
        CASE WHEN age <= 200 THEN 'queued' WHEN age <= 220 THEN 'running' WHEN age <= 230 THEN 'paused'
            WHEN mod(age, 100) = 51 THEN 'failed' WHEN mod(age, 2003) = 0 THEN 'cancelled'
            ELSE 'succeeded' END AS state
    FROM generate_series(%(first)s::bigint, %(last)s) AS age
) AS made
"""
# Every tenth has its attempt, and with it a log; the others are as if somebody had cut them.
ATTEMPTS = """
INSERT INTO jobs_attempt (
    run_id, number, worker, started_at, finished_at, outcome, error_type, error_message, traceback, log)
SELECT id, 1, worker, started_at, finished_at, state, '', error, '', repeat('reading rows' || chr(10), 40)
FROM jobs_run WHERE started_at IS NOT NULL AND get_byte(uuid_send(id), 15) < 26
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'jobs_run' AND indexdef LIKE 'CREATE INDEX%'
"""


def fill(rows: int) -> None:
    """Indexes are made anew afterwards: that takes a third of the time."""
    people = [User.objects.create_user(f"person-{number}").pk for number in range(PEOPLE)]
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for last in range(rows, 0, -PART):
            cursor.execute(
                RUNS, {"people": people, "rows": rows, "first": max(last - PART, 0) + 1, "last": last}
            )
            print(f"{rows - max(last - PART, 0):,} runs", file=sys.stderr)
        for _, statement in indexes:
            cursor.execute(statement)
        cursor.execute(ATTEMPTS)
        cursor.execute("VACUUM ANALYZE")

"""Runs are found by what people look for, and the database finds them by an index."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Q
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from jobs.models import Run
from jobs.models.run_search import EPOCH, before, complaining, first_key, in_states, labelled, since
from jobs.models.state import ACTIVE, FINAL, State
from jobs.secret import seal

MANY = 100_000
PAGE = 51
ANNA = 7
SCAN = "Seq Scan on jobs_run"

# A fiftieth of them failed, some were cancelled, few are not over; the people, origins and queues are mixed,
# and one of each is rare. Their keys are those of the last ninety days.
RUNS = """
INSERT INTO jobs_run (id, job, parameters, state, queue, priority, attempt, worker, done, message, counters,
                      error, origin, schedule, started_by_id, finished_at)
SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - i::bigint * 38880), 12, '0')
           || '7' || substr(md5(i::text), 1, 3) || 'a' || substr(md5(i::text), 4, 15))::uuid,
    CASE WHEN mod(i, 900) = 7 THEN 'nightly' ELSE (ARRAY['greet', 'import_products'])[1 + mod(i, 2)] END,
    CASE mod(i, 3) WHEN 0 THEN '{}'
        ELSE jsonb_build_object('sku', 'SKU-' || i, 'path', '/uploads/0af/File-' || i || '.csv',
                                'dry_run', mod(i, 5) = 0, 'batch_size', 5000) END,
    CASE WHEN i <= 40 THEN 'queued' WHEN i <= 50 THEN 'running' WHEN mod(i, 1999) = 0 THEN 'cancelled'
        WHEN mod(i, 50) = 0 THEN 'failed' ELSE 'succeeded' END,
    CASE WHEN mod(i, 9973) = 0 THEN 'rare' WHEN mod(i, 3) = 1 THEN 'bulk' ELSE 'default' END,
    5, 1, '', 0, '', '{}',
    CASE WHEN mod(i, 50) <> 0 THEN '' WHEN mod(i, 1500) = 0 THEN 'ReadTimeoutError: no answer of shop ' || i
        ELSE 'ValueError: row ' || i || ' has no price' END,
    CASE WHEN mod(i, 9973) = 0 THEN 'api' WHEN mod(i, 4) = 0 THEN 'schedule' ELSE 'code' END,
    CASE WHEN mod(i, 4) = 0 THEN 'plan ' || mod(i, 400) ELSE '' END,
    CASE WHEN mod(i, 997) = 0 THEN %s::int END,
    CASE WHEN i > 50 THEN now() - make_interval(secs => i * 38.88) END
FROM generate_series(1, %s) AS i
"""


SEARCHES = {
    "state:failed": (lambda: in_states([State.FAILED]), "run_ended"),
    "state:cancelled": (lambda: in_states([State.CANCELLED]), "run_ended"),
    "state:running": (lambda: in_states([State.RUNNING]), "run_unfinished"),
    "state:queued": (lambda: in_states([State.QUEUED]), "run_unfinished"),
    "is:active": (lambda: in_states(ACTIVE), "run_unfinished"),
    "job:": (lambda: Q(job="nightly"), "run_job"),
    "job: state:failed": (lambda: Q(job="greet") & in_states([State.FAILED]), "run_job_ended"),
    "queue:": (lambda: Q(queue="rare"), "run_queue"),
    "origin:": (lambda: Q(origin="api"), "run_origin"),
    "schedule:": (lambda: Q(schedule="plan 44"), "run_schedule"),
    "by:": (lambda: Q(started_by=ANNA), "run_started_by"),
    "sku:": (lambda: labelled("sku", "SKU-1234"), "run_labels"),
    "path:": (lambda: labelled("path", "file-1234.csv"), "run_labels"),
    "dry_run:": (lambda: labelled("dry_run", "true"), "jobs_run_pkey"),
    "sku: state:failed": (lambda: labelled("sku", "SKU-100") & in_states([State.FAILED]), "run_labels"),
    "error:": (lambda: complaining("timeout"), "run_error"),
    "error: of most": (lambda: complaining("has no price"), "jobs_run_pkey"),
    "error: state:failed": (lambda: complaining("timeout") & in_states([State.FAILED]), "run_e"),
    "since: until:": (
        lambda: (
            since(datetime.now(UTC) - timedelta(days=60)) & before(datetime.now(UTC) - timedelta(days=59))
        ),
        "jobs_run_pkey",
    ),
    "nothing": (Q, "jobs_run_pkey"),
    "state:succeeded": (lambda: in_states([State.SUCCEEDED]), "jobs_run_pkey"),
    "queue:default": (lambda: Q(queue="default"), "jobs_run_pkey"),
}


def test_each_search_uses_an_index(db: None) -> None:
    User.objects.create(pk=ANNA)
    with connection.cursor() as cursor:
        cursor.execute(RUNS, [ANNA, MANY])
        cursor.execute("ANALYZE jobs_run")

    plans = {
        name: Run.objects.filter(search()).latest_first()[:PAGE].explain()
        for name, (search, _) in SEARCHES.items()
    }

    without = {name: plan for name, plan in plans.items() if SEARCHES[name][1] not in plan or SCAN in plan}
    assert without == {}


def test_no_claim_and_no_checkpoint_writes_an_index(db: None) -> None:
    run = Run.objects.create(job="greet", parameters={"name": "World"}, queue="bulk", origin="api")
    before_it = written()

    claimed = Run.objects.claim(run.pk, worker="a", jobs=["greet"])
    assert claimed
    claimed.checkpoint(cursor={}, counters={"rows": 1}, done=1, total=2, message="Reading")

    updated, without_index = (now - then for now, then in zip(written(), before_it, strict=True))
    assert (updated, without_index) == (2, 2)


def written() -> list[int]:
    """Updated rows of runs in this transaction, and those of them that wrote no index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_get_xact_tuples_updated(run), pg_stat_get_xact_tuples_hot_updated(run) "
            "FROM (SELECT 'jobs_run'::regclass::oid) AS t (run)"
        )
        return list(cursor.fetchone())


def test_a_first_key_is_not_above_any_of_its_moment() -> None:
    key = uuid7()
    moment = EPOCH + timedelta(milliseconds=key.int >> 80)

    assert first_key(moment) <= key < first_key(moment + timedelta(milliseconds=1))
    assert first_key(moment).version == 7


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
def test_every_moment_has_a_first_key(moment: datetime) -> None:
    assert first_key(moment.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "value", "is_found"),
    [
        ("sku", "abc-1", True),
        ("sku", "ABC-1", True),
        ("sku", "abc", False),
        ("path", "Products 1.csv", True),
        ("path", "/elsewhere/products 1.csv", True),
        ("times", "3", True),
        ("dry_run", "true", True),
        ("emails", "b@example.org", True),
        ("token", "geheim", False),
        ("token", "", False),
        ("nothing", "", False),
        ("times", "4", False),
        ("note", "x" * 500, True),
    ],
)
def test_a_run_is_found_by_its_parameters(db: None, name: str, value: str, is_found: bool) -> None:
    Run.objects.create(
        job="greet",
        parameters={
            **{"sku": "Abc-1", "path": "/var/uploads/0af/Products 1.csv", "times": 3, "dry_run": True},
            **{"emails": ["a@example.org", "b@example.org"], "nothing": None, "note": "X" * 500},
            **{"token": seal(SecretStr("geheim"))},
        },
    )

    assert Run.objects.filter(labelled(name, value)).exists() is is_found


def test_a_secret_makes_no_label(db: None) -> None:
    sealed = seal(SecretStr("geheim"))
    run = Run.objects.create(job="greet", parameters={"token": sealed, "tokens": [sealed], "name": "World"})

    assert Run.objects.get(pk=run.pk).labels == ["name:world"]


def test_a_run_without_parameters_has_no_labels(db: None) -> None:
    assert Run.objects.get(pk=Run.objects.create(job="greet").pk).labels is None


def test_a_run_has_its_end_once_it_is_over(db: None) -> None:
    run = Run.objects.create(job="greet", state=State.RUNNING)
    assert Run.objects.get(pk=run.pk).ended is None

    Run.objects.filter(pk=run.pk).update(state=State.FAILED, finished_at=datetime.now(UTC))

    assert Run.objects.get(pk=run.pk).ended == "failed"


@pytest.mark.parametrize("text", ["timeout", "TIMEOUT", "50% (of", "a_b", "\\d", "'"])
def test_an_error_is_found_by_any_part_of_it(db: None, text: str) -> None:
    Run.objects.create(job="greet", error=r"ReadTimeoutError: 50% (of a_b) at '\d'")
    Run.objects.create(job="greet", error="ValueError: 500 of aab at 7")
    Run.objects.create(job="greet")

    assert Run.objects.filter(complaining(text)).count() == 1


def test_runs_are_found_by_several_states(db: None) -> None:
    now = datetime.now(UTC)
    for state in State:
        Run.objects.create(job="greet", state=state, finished_at=now if state in FINAL else None)

    for states in (
        [State.FAILED],
        [State.QUEUED, State.PAUSED],
        [State.RUNNING, State.CANCELLED],
        list(State),
    ):
        found = Run.objects.filter(in_states(states)).values_list("state", flat=True)
        assert set(found) == set(states)

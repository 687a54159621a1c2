"""What the page of a run says, and what it offers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from console.run_page import run_pages
from jobs.models import Attempt, AuditLog, Heartbeat, Queue, Run, Slot
from jobs.models.state import State
from tests.console.conftest import MakeRun

CURSOR = {"write": {"at": 12_000, "done": 12_000}}


def offered(body: str) -> list[str]:
    """The names of the forms that are not hidden."""
    found = re.findall(r'data-offer="([^"]*)"( hidden)?', body)
    return [name for name, is_hidden in found if not is_hidden]


@pytest.mark.parametrize(
    ("state", "wish", "age", "offers"),
    [
        (State.QUEUED, "", 0, ["pause", "cancellation"]),
        (State.RUNNING, "", 0, ["pause", "cancellation"]),
        (State.RUNNING, "pause", 0, ["resumption", "cancellation"]),
        (State.RUNNING, "pause", 3_600, ["resumption", "cancellation", "kill"]),
        (State.RUNNING, "cancel", 0, ["kill"]),
        (State.RUNNING, "kill", 3_600, []),
        (State.PAUSED, "", 3_600, ["resumption", "cancellation"]),
        (State.FAILED, "", 0, ["retry", "edit", "deletion"]),
        (State.CANCELLED, "cancel", 0, ["retry", "edit", "deletion"]),
    ],
)
def test_each_state_offers_what_can_be_asked_of_it(
    as_operator: Client, make_run: MakeRun, state: State, wish: str, age: int, offers: list[str]
) -> None:
    asked = timezone.now() - timedelta(seconds=age) if wish else None
    run = make_run(state, wish=wish, wished_at=asked)

    assert offered(as_operator.get(f"/runs/{run.pk}/").content.decode()) == offers


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("pause", "and can go on from there"),
        ("cancel", "killed after a grace"),
        ("kill", "ends its process within seconds"),
    ],
)
def test_what_was_asked_for_is_said_until_it_is_so(
    as_reader: Client, make_run: MakeRun, wish: str, sentence: str
) -> None:
    run = make_run(State.RUNNING, wish=wish, wished_at=timezone.now())

    assert sentence in as_reader.get(f"/runs/{run.pk}/").content.decode()


def test_a_paused_run_says_where_it_goes_on_and_how(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.PAUSED, cursor=CURSOR)

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert 'class="state paused"' in body
    assert "Resumed, it goes on after 12,000 (write)." in body
    assert f"python manage.py greet --resume {run.pk}" in body


def test_a_resumed_attempt_says_where_it_went_on(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, attempt=2)
    Attempt.objects.filter(run=run, number=2).update(cursor=CURSOR)

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert body.count("resumed after 12,000 (write)") == 1


def test_crashes_and_failures_are_told_apart_where_there_are_any(
    as_reader: Client, make_run: MakeRun
) -> None:
    quiet, loud = make_run(State.RUNNING), make_run(State.RUNNING, crashes=2, failures=3)

    bodies = [as_reader.get(f"/runs/{run.pk}/").content.decode() for run in (quiet, loud)]

    assert ["<dt>Crashes</dt><dd>2" in body for body in bodies] == [False, True]
    assert ["<dt>Failures</dt><dd>3" in body for body in bodies] == [False, True]


def test_a_paused_queue_is_said_on_the_run_and_among_the_jobs(as_reader: Client, make_run: MakeRun) -> None:
    waiting, over = make_run(queue="bulk"), make_run(State.SUCCEEDED, queue="bulk")
    command = "python manage.py queues resume bulk"
    words = {"/jobs/": "/queues/#queue-bulk", f"/runs/{waiting.pk}/": command, f"/runs/{over.pk}/": command}

    def told() -> list[bool]:
        return [said in as_reader.get(page).content.decode() for page, said in words.items()]

    assert told() == [False, False, False]
    Queue.objects.pause("bulk")
    assert told() == [True, True, False]


def test_paused_runs_can_be_listed(as_reader: Client, make_run: MakeRun) -> None:
    run, _ = make_run(State.PAUSED), make_run(State.RUNNING)

    answer = as_reader.get("/runs/?q=state:paused")

    assert [each.pk for each in answer.context["page"].runs] == [run.pk]


@pytest.mark.django_db
def test_a_run_that_waits_says_for_what_and_shows_the_runs_below_it(
    as_operator: Client, make_run: MakeRun
) -> None:
    run = make_run(state=State.QUEUED, awaits="ends")
    below = make_run(state=State.RUNNING, parent=run)

    body = as_operator.get(f"/runs/{run.pk}/").content.decode()

    assert "It goes on once the runs below it have ended (1 to go)" in body
    assert f"/runs/{below.pk}/" in body


def test_a_page_takes_few_queries_however_much_there_is_to_show(
    as_operator: Client, make_run: MakeRun, operator: User, django_assert_max_num_queries: Any
) -> None:
    waiting = make_run(queue="bulk", publish_after=timezone.now() - timedelta(minutes=1))
    Heartbeat.objects.beat("worker", "celery@here")
    make_run(State.SUCCEEDED, schedule="nightly")
    busy = make_run(State.FAILED, attempt=5, schedule="nightly", started_by=operator)
    Slot.objects.create(schedule="nightly", planned_for=timezone.now(), run=busy, outcome="ran")
    for _ in range(25):
        make_run(State.SUCCEEDED, parent=busy)
        AuditLog.objects.create(user=operator, action="asked to pause", target=str(busy.pk))
    again = make_run(attempt=2, not_before=timezone.now(), publish_after=waiting.publish_after)

    Attempt.objects.update(log="a line")

    for run in (waiting, busy, again):
        with django_assert_max_num_queries(12):
            as_operator.get(f"/runs/{run.pk}/")


def test_open_pages_of_all_kinds_of_runs_take_as_many_queries_as_of_one(
    make_run: MakeRun, django_assert_max_num_queries: Any
) -> None:
    runs = [
        make_run(state, queue=queue, **more)
        for state in State
        for queue in ("bulk", "default")
        for more in ({}, {"attempt": 2}, {"awaits": "ends"})
    ]
    for run in runs:
        make_run(State.SUCCEEDED, parent=run)

    with django_assert_max_num_queries(9):
        assert len(run_pages([run.pk for run in runs])) == len(runs)


def test_the_first_of_many_runs_below_are_shown_and_all_are_counted(
    as_reader: Client, make_run: MakeRun
) -> None:
    run = make_run(awaits="ends")
    for number in range(23):
        make_run(State.FAILED if number % 2 else State.SUCCEEDED, parent=run)

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert "11 failed" in body
    assert "12 succeeded" in body
    assert "All 23 runs below it" in body
    assert f"/runs/?q=parent:{run.pk}" in body


def test_a_preview_says_what_running_it_for_real_would_do(as_operator: Client, make_run: MakeRun) -> None:
    found = {"created": 3_715, "updated": 12, "dry_run": True}
    run = make_run(State.SUCCEEDED, job="import_products", parameters={"dry_run": True}, result=found)

    body = as_operator.get(f"/runs/{run.pk}/").content.decode()

    assert "<strong>3,715</strong> created" in body
    assert "<strong>12</strong> updated" in body
    assert "real-run" in offered(body)


def test_a_traceback_folds_what_is_not_ours(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.FAILED)
    text = (
        'Traceback (most recent call last):\n  File "/srv/jobs/x.py", line 1, in f\n    g()\n'
        '  File "/srv/lib/python3.11/site-packages/y.py", line 2, in g\n    raise <b>\nKeyError: <i>\n'
    )
    Attempt.objects.filter(run=run).update(traceback=text)

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert "1 frame of libraries" in body
    assert 'class="ours last"' in body
    assert "KeyError: &lt;i&gt;" in body


def test_codes_of_terminals_are_not_shown(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.FAILED, error="\x1b[31mred\x1b[0m")
    Attempt.objects.filter(run=run).update(log="\x1b]0;title\x07text\n")

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert "\x1b" not in body
    assert ">red<" in body


def test_another_run_to_compare_with_is_named_by_the_beginning_of_its_id(
    as_reader: Client, make_run: MakeRun
) -> None:
    first = make_run(State.SUCCEEDED, parameters={"name": "Ada"}, result={"greeted": 3})
    make_run(State.SUCCEEDED, parameters={"name": "Bob"}, result={"greeted": 5})
    run = make_run(State.SUCCEEDED, parameters={"name": "Bob"}, result={"greeted": 4})

    before, named, unknown = (
        as_reader.get(f"/runs/{run.pk}/{query}").content.decode()
        for query in ("", f"?compare={first.pk}", "?compare=<b>")
    )

    assert "Its parameters were the same" in before
    assert ">−1<" in before
    assert ">Ada<" in named
    assert ">+1<" in named
    assert "There is no run" in unknown
    assert "<b>" not in unknown


def test_what_was_rejected_is_shown_by_reason_and_can_be_run_again(
    as_operator: Client, make_run: MakeRun
) -> None:
    run = with_rejects(make_run)

    body = as_operator.get(f"/runs/{run.pk}/").content.decode()

    assert "no &lt;price&gt;" in body
    assert "rejects" in offered(body)


def test_a_job_that_cannot_take_its_rejects_again_does_not_offer_it(
    as_operator: Client, make_run: MakeRun
) -> None:
    run = with_rejects(make_run, job="normalize_emails")

    assert "rejects" not in offered(as_operator.get(f"/runs/{run.pk}/").content.decode())


def with_rejects(make_run: MakeRun, **values: Any) -> Run:
    run = make_run(State.SUCCEEDED, **{"job": "import_products", "parameters": {"path": "a.csv"}, **values})
    artifact = run.artifacts.create(name="rejected.csv", size=1)
    artifact.path.parent.mkdir(parents=True)
    artifact.path.write_text("line,sku,reason\n2,<i>,no <price>\n4,x,no <price>\n")
    return run

"""A run as a program sees it, and its end."""

import uuid
from typing import Any

import pytest
from django.test import Client

from jobs.models import Artifact, AuditLog, Run
from jobs.models.artifact import directory_of
from jobs.models.state import State, Wish
from tests.console.api.conftest import Caller
from tests.console.conftest import MakeRun


def test_a_run_says_how_far_it_is(program: Client, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, done=30, total=120, message="Reading")

    found = program.get(f"/api/runs/{run.pk}").json()

    assert found["state"] == "running"
    assert found["progress"] == {"done": 30, "total": 120, "percent": 25, "message": "Reading"}
    assert (found["result"], found["error"], found["finished_at"]) == (None, None, None)
    assert found["links"]["page"] == f"http://testserver/runs/{run.pk}/"


def test_a_run_that_is_over_says_what_came_of_it(program: Client, make_run: MakeRun) -> None:
    done = make_run(State.SUCCEEDED, result={"rows": 3})
    failed = make_run(State.FAILED, error="There is no file")

    answers = [program.get(f"/api/runs/{run.pk}").json() for run in (done, failed)]

    assert [(each["result"], each["error"]) for each in answers] == [
        ({"rows": 3}, None),
        (None, "There is no file"),
    ]
    assert answers[0]["finished_at"]


def test_where_uploads_lie_is_told_to_nobody(program: Client, make_run: MakeRun, settings: Any) -> None:
    path = f"{settings.UPLOADS}/12ab/products.csv"
    run = make_run(parameters={"path": path, "paths": [path]}, result={"file": path})

    found = program.get(f"/api/runs/{run.pk}").json()

    assert found["parameters"] == {"path": "products.csv", "paths": ["products.csv"]}
    assert found["result"] == {"file": "products.csv"}


def test_a_run_that_there_is_not_is_said_in_a_sentence(program: Client) -> None:
    pk = uuid.uuid4()

    answer = program.get(f"/api/runs/{pk}")

    assert (answer.status_code, str(pk) in answer.json()["error"]) == (404, True)


def test_a_file_of_a_run_is_fetched_with_the_token(program: Client, make_run: MakeRun) -> None:
    run = make_run(State.SUCCEEDED)
    directory_of(run.pk).mkdir(parents=True)
    Artifact.objects.create(run=run, name="out.csv", size=3).path.write_bytes(b"a,b")

    (artifact,) = program.get(f"/api/runs/{run.pk}").json()["artifacts"]
    answer = program.get(artifact["url"])

    assert b"".join(answer.streaming_content) == b"a,b"
    assert Client().get(artifact["url"]).status_code == 401
    missing = program.get(f"{artifact['url']}x")
    assert (missing.status_code, missing.json()["error"]) == (
        404,
        f"There is no run {run.pk} with a file 'out.csvx'",
    )


def test_a_run_takes_few_queries(
    program: Client, make_run: MakeRun, django_assert_max_num_queries: Any
) -> None:
    run = make_run(State.SUCCEEDED)

    with django_assert_max_num_queries(4):
        program.get(f"/api/runs/{run.pk}")


@pytest.mark.parametrize(
    ("before", "after"),
    [(State.QUEUED, ("cancelled", None)), (State.RUNNING, ("running", "cancel"))],
)
def test_a_run_is_cancelled(
    before: State, after: tuple[str, str | None], program: Client, make_run: MakeRun
) -> None:
    run = make_run(before)

    answer = program.post(f"/api/runs/{run.pk}/cancellation")

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["wish"]) == after
    assert (AuditLog.objects.get().action, AuditLog.objects.get().target) == ("asked to cancel", str(run.pk))


def test_a_cancellation_may_be_sent_twice(program: Client, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING)

    statuses = [program.post(f"/api/runs/{run.pk}/cancellation").status_code for _ in "ab"]

    assert (statuses, Run.objects.get().wish) == ([200, 200], Wish.CANCEL)


def test_what_is_over_cannot_be_cancelled(program: Client, make_run: MakeRun) -> None:
    run = make_run(State.SUCCEEDED)

    answer = program.post(f"/api/runs/{run.pk}/cancellation")

    assert answer.status_code == 409
    assert answer.json()["error"] == f"Run {run.pk} is already succeeded: nothing to do"
    assert AuditLog.objects.count() == 0


def test_who_may_not_cancel_is_refused_before_anything_is_looked_up(
    caller: Caller, make_run: MakeRun
) -> None:
    reader = caller("add_run")
    known, made_up = make_run().pk, uuid.uuid4()

    statuses = [reader.post(f"/api/runs/{pk}/cancellation").status_code for pk in (known, made_up)]

    assert (statuses, Run.objects.get().state) == ([403, 403], State.QUEUED)

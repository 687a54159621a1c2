"""What people and jobs write is shown as text, and what is secret is not shown."""

from typing import Any

import pytest
from django.test import Client

from jobs.models.attempt import Attempt
from jobs.models.state import State
from jobs.secret import MARK, MASK
from tests.console.conftest import MakeRun

MARKUP = "<script>alert('x')</script>"


@pytest.mark.parametrize(
    "values",
    [
        {"parameters": {"name": MARKUP}},
        {"message": MARKUP},
        {"error": MARKUP},
        {"result": {MARKUP: [MARKUP]}},
        {"job": MARKUP},
        {"schedule": MARKUP},
        {"worker": MARKUP},
    ],
)
def test_markup_in_a_run_is_text(as_operator: Client, make_run: MakeRun, values: dict[str, Any]) -> None:
    run = make_run(State.FAILED, **values)

    for page in (f"/runs/{run.pk}/", f"/runs/{run.pk}/live/", "/runs/", "/"):
        assert MARKUP not in as_operator.get(page).content.decode()


def test_markup_in_a_log_and_traceback_is_text(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.FAILED)
    Attempt.objects.filter(run=run).update(log=MARKUP, traceback=MARKUP, error_message=MARKUP, worker=MARKUP)
    run.artifacts.create(name=f"{MARKUP}.csv".replace("/", ""), size=1)

    body = as_operator.get(f"/runs/{run.pk}/").content.decode()

    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


def test_markup_that_was_typed_is_text(as_operator: Client) -> None:
    body = as_operator.post("/jobs/greet/runs/", {"name": MARKUP, "times": MARKUP}).content.decode()

    assert MARKUP not in body


def test_a_secret_is_masked(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(parameters={"key": {MARK: "gAAAAAB"}})

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert MASK in body
    assert "gAAAAAB" not in body

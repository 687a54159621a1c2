"""All that the record knows of one run."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.models import Attempt, Queue, Run
from jobs.models.state import State
from jobs.run_report import attempt_table, report, report_lines, veiled
from jobs.secret import MARK, MASK
from jobs.terminal import printed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CURSOR = {"write": {"at": 12_000, "done": 12_000}}


@pytest.fixture
def run() -> Run:
    """Paused in its second attempt, after the worker of the first had died."""
    run = Run.objects.create(
        job="import_products",
        state=State.PAUSED,
        parameters={"path": "a.csv", "key": {MARK: "gAAAA"}},
        done=12_000,
        total=20_000,
        counters={"created": 11_500},
        cursor=CURSOR,
        attempt=2,
        crashes=1,
        error="Paused: it stopped at a checkpoint",
    )
    facts: dict[str, Any] = {"run": run, "worker": "a@b:1", "started_at": NOON, "finished_at": NOON}
    Attempt.objects.create(number=1, outcome="crashed", error_message="Its worker died", **facts)
    Attempt.objects.create(number=2, outcome="paused", cursor=CURSOR, **facts)
    run.artifacts.create(name="rejected.csv", size=1)
    return run


def test_the_facts_are_a_line_each(run: Run) -> None:
    lines = [" ".join(line.split()) for line in report_lines(run)]

    for line in (
        f"run {run.pk}",
        "state paused",
        "error Paused: it stopped at a checkpoint",
        "progress 12,000 of 20,000 (60 %)",
        "created 11,500",
        "goes on after 12,000 (write)",
        "crashes 1",
        f"key {MASK}",
    ):
        assert line in lines


def test_parameters_stand_in_the_order_of_their_declaration(run: Run) -> None:
    run.parameters = {"path": "a.csv", "dry_run": False, "batch_size": 10, "gone": 1}

    lines = [line.split()[0] for line in report_lines(run)]

    assert lines[lines.index("parameters:") + 1 :][:4] == ["path", "batch", "dry", "gone"]


def test_each_attempt_says_where_it_went_on(run: Run) -> None:
    first, second = printed(attempt_table(run), is_terminal=False).splitlines()[1:]

    assert ("crashed" in first, "Its worker died" in first, "after" in first) == (True, True, False)
    assert ("paused" in second, "after 12,000 (write)" in second) == (True, True)


def test_a_paused_queue_and_a_lease_that_is_over_are_said(run: Run) -> None:
    Queue.objects.pause(run.queue)
    run.lease_until = NOON

    text = "\n".join(report_lines(run))

    assert "default, paused since" in text
    assert "was over at 2026-03-01 12:00:00" in text


def test_the_whole_is_one_json_object(run: Run) -> None:
    read = json.loads(json.dumps(report(run)))

    assert read["parameters"] == {"path": "a.csv", "key": MASK}
    assert [each["outcome"] for each in read["attempts"]] == ["crashed", "paused"]
    assert (read["cursor"], read["counters"]) == (CURSOR, {"created": 11_500})
    assert read["artifacts"][0]["name"] == "rejected.csv"


def test_a_secret_is_masked_at_every_depth() -> None:
    assert veiled({"keys": [{"shop": {MARK: "gAAAA"}}]}) == {"keys": [{"shop": MASK}]}

"""A job as a command."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from jobs.models import Run
from jobs.models.run import Origin
from jobs.models.state import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _artifacts(settings: Any, tmp_path: Path) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"


def test_the_result_is_printed_and_the_run_is_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("greet", "Bob", "2")

    run = Run.objects.get()
    assert capsys.readouterr().out == "Hello, Bob!\nHello, Bob!\n"
    assert (run.state, run.origin, run.attempt, run.parameters["times"]) == ("succeeded", "command", 1, 2)


def test_json_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("greet", "Bob", json=True)

    run = Run.objects.get()
    assert json.loads(capsys.readouterr().out) == {
        "run": str(run.pk),
        "job": "greet",
        "state": "succeeded",
        "result": ["Hello, Bob!"],
        "error": None,
    }


def test_a_failed_run_is_status_1_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="There is no file") as caught:
        call_command("import_products", "/nowhere/products.csv", json=True)

    answer = json.loads(capsys.readouterr().out)
    assert (caught.value.returncode, answer["state"], Run.objects.get().state) == (1, "failed", "failed")
    assert "There is no file" in answer["error"]


def test_a_wrong_parameter_is_status_2_and_leaves_no_run() -> None:
    with pytest.raises(CommandError, match="'times' of greet") as caught:
        call_command("greet", "Bob", "0")

    assert (caught.value.returncode, Run.objects.count()) == (2, 0)


def test_a_misspelt_option_is_told_the_nearest_one() -> None:
    with pytest.raises(CommandError, match="did you mean '--times'"):
        call_command("greet", "Bob", "--tims=3")


def test_in_the_background_it_is_queued_and_returns(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("greet", "Bob", background=True)

    run = Run.objects.get()
    assert (run.state, run.origin) == (State.QUEUED, Origin.COMMAND)
    assert f"greet is queued as run {run.pk}" in capsys.readouterr().out


def test_at_a_time_it_is_due_then() -> None:
    call_command("greet", "Bob", at="2030-01-01T02:00", verbosity=0)

    assert Run.objects.get().not_before == datetime(2030, 1, 1, 2, tzinfo=UTC)


def test_what_is_no_time_is_refused_with_an_example() -> None:
    with pytest.raises(CommandError, match="write it like 2026-12-01T02:00") as caught:
        call_command("greet", "Bob", at="tomorrow")

    assert (caught.value.returncode, Run.objects.count()) == (2, 0)


def test_verbosity_0_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("greet", "Bob", verbosity=0)

    assert capsys.readouterr() == ("", "")


def test_an_active_run_of_a_job_that_skips_refuses_the_next() -> None:
    call_command("cleanup_runs", background=True, verbosity=0)

    with pytest.raises(CommandError, match="cleanup_runs runs one at a time") as caught:
        call_command("cleanup_runs")

    assert caught.value.returncode == 2

"""A job as a command."""

import json
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import BaseCommand, CommandError, call_command

from jobs.job import Job
from jobs.management.commands import greet
from jobs.models import Run
from jobs.models.run import Origin
from jobs.models.state import State
from jobs.progress import Progress, silent

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


def test_a_file_on_standard_output_has_it_for_itself(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export_products", output="-", fields=["sku"])

    shown = capsys.readouterr()
    assert (shown.out, "rows    0" in shown.err) == ("sku\n", True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"json": True}, "would mix"), ({"background": True}, "a worker has no standard output")],
)
def test_standard_output_is_not_shared(options: dict[str, bool], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as caught:
        call_command("export_products", output="-", **options)

    assert (caught.value.returncode, Run.objects.exists()) == (2, False)


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


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        (("migrate_data", "merge_category", "a", "b"), "merge_categories"),
        (("cleanup_old_data", "--model", "audit-log"), "audit_logs"),
    ],
)
def test_a_misspelt_choice_is_told_the_nearest_one(command: tuple[str, ...], meant: str) -> None:
    with pytest.raises(CommandError, match=f"did you mean '{meant}'"):
        call_command(*command)


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


def stops_once(path: str, *, progress: Progress = silent) -> int:
    """Count to three in batches; the first attempt is interrupted in the second batch."""
    counts = progress.counts()
    for _ in progress.batches(range(3), 1):
        counts["done"] += 1
        if counts["done"] == 2 and not Path(path).exists():
            Path(path).touch()
            signal.raise_signal(signal.SIGINT)
    return counts["done"]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> BaseCommand:
    monkeypatch.setattr(greet.Command, "job", Job(function=stops_once))
    return greet.Command()


@pytest.fixture
def paused(command: BaseCommand, tmp_path: Path) -> Run:
    with pytest.raises(CommandError):
        call_command(command, str(tmp_path / "mark"), verbosity=0)
    return Run.objects.get()


def test_an_interrupted_run_is_paused_with_status_130_and_says_how_to_go_on(
    command: BaseCommand, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="Interrupted: it stopped at a checkpoint") as caught:
        call_command(command, str(tmp_path / "mark"), verbosity=0)

    run = Run.objects.get()
    assert (caught.value.returncode, run.state, run.done) == (130, State.PAUSED, 2)
    assert f"--resume {run.pk}" in str(caught.value)
    assert f"runs resume {run.pk}" in str(caught.value)


@pytest.mark.parametrize("length", [36, 13])
def test_a_paused_run_goes_on_where_it_stopped(command: BaseCommand, paused: Run, length: int) -> None:
    call_command(command, "--resume", str(paused.pk)[:length])

    paused.refresh_from_db()
    assert (paused.state, paused.attempt, paused.result) == (State.SUCCEEDED, 2, 3)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("elsewhere",), "leave out 'path'"),
        (("--background",), "to let a worker do it: python manage.py runs resume"),
        (("--at", "2030-01-01T02:00"), "here and now"),
    ],
)
def test_what_goes_on_takes_nothing_more(
    command: BaseCommand, paused: Run, words: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as caught:
        call_command(command, *words, "--resume", str(paused.pk))

    assert (caught.value.returncode, Run.objects.get().state) == (2, State.PAUSED)


def test_a_run_of_another_job_is_told_its_command() -> None:
    run = Run.objects.create(job="import_products", state=State.PAUSED)

    with pytest.raises(CommandError, match=f"manage.py import_products --resume {run.pk}") as caught:
        call_command("greet", "--resume", str(run.pk))

    assert caught.value.returncode == 2


@pytest.mark.parametrize("state", sorted(set(State) - {State.PAUSED}))
def test_what_is_not_paused_is_refused_with_what_to_do(state: State) -> None:
    run = Run.objects.create(job="greet", state=state)

    with pytest.raises(CommandError, match=f"is {state}, not paused; ") as caught:
        call_command("greet", "--resume", str(run.pk))

    assert caught.value.returncode == 2


def test_an_id_that_is_nobody_s_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="There is no run 'zz'") as caught:
        call_command("greet", "--resume", "zz")

    assert caught.value.returncode == 2


def test_without_resume_a_parameter_is_still_required() -> None:
    with pytest.raises(CommandError, match="required: NAME"):
        call_command("greet")


def test_the_help_begins_with_what_the_job_is_asked() -> None:
    text = greet.Command().create_parser("manage.py", "greet").format_help()

    places = [text.index(title) for title in ("Say hello", "parameters:", "how to run it:", "options:")]
    assert places == sorted(places)

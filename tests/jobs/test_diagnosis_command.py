"""`manage.py check_health` and `manage.py check_database`."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from jobs.diagnosis_command import DiagnosisCommand
from jobs.management.commands.check_database import Command as CheckDatabase
from jobs.management.commands.check_health import Command as CheckHealth
from jobs.models import Run
from jobs.models.state import State


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def typed(*words: str, out: StringIO | None = None, **options: Any) -> str:
    out = out or StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def refused(*words: str) -> tuple[int, str, str]:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(*words, stdout=out)
    return caught.value.returncode, str(caught.value), out.getvalue()


@pytest.mark.usefixtures("_processes")
def test_where_all_is_well_each_check_is_a_line_and_no_run_is_kept() -> None:
    lines = typed("check_health", "--min-disk", "0").split("\n")[:-1]

    assert lines.pop(-2) == ""
    assert len(lines) == 9
    assert all(line.startswith("ok    ") for line in lines[:-1])
    assert lines[-1] == "None of 8 checks failed"
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_where_something_fails_the_status_is_1_and_the_line_says_what_to_do() -> None:
    status, sentence, printed = refused("check_health")

    assert (status, sentence) == (1, "2 of 8 checks failed: workers, beat")
    assert "fail  workers     none. No worker was heard from: start one with `celery" in printed


@pytest.mark.usefixtures("_no_database")
@pytest.mark.parametrize("name", ["check_health", "check_database"])
def test_without_a_database_it_answers_all_the_same(name: str) -> None:
    status, _, printed = refused(name)

    assert status == 1
    assert "The database does not answer: start PostgreSQL, or correct DATABASE_URL." in printed


@pytest.mark.usefixtures("_processes")
def test_json_is_one_object_and_nothing_else() -> None:
    found = json.loads(typed("check_health", "--json", "--min-disk", "0"))

    assert found["status"] == "ok"
    assert found["checks"]["beat"] == {"level": "ok", "figure": "1 heard from in the last 30 s", "advice": ""}


@pytest.mark.django_db
def test_json_comes_before_the_status_too() -> None:
    status, _, printed = refused("check_health", "--json")

    assert (status, json.loads(printed)["checks"]["workers"]["level"]) == (1, "fail")


@pytest.mark.django_db
def test_at_verbosity_0_the_status_says_it_all() -> None:
    assert refused("check_health", "--verbosity", "0")[2] == ""


@pytest.mark.usefixtures("_processes")
def test_in_the_background_it_is_a_run() -> None:
    printed = typed("check_health", "--background", "--min-disk", "5")

    run = Run.objects.get()
    assert (run.job, run.state, run.parameters["min_disk"]) == ("check_health", State.QUEUED, 5)
    assert str(run.pk) in printed


@pytest.mark.django_db
def test_a_wrong_parameter_is_wrong_usage() -> None:
    status, sentence, _ = refused("check_health", "--min-disk", "200")

    assert (status, "'min_disk' of check_health" in sentence) == (2, True)


@pytest.mark.django_db
def test_the_largest_tables_are_below_the_checks() -> None:
    lines = [line.split() for line in typed("check_database", "--largest", "2").splitlines() if line]

    (header,) = (number for number, line in enumerate(lines) if line[:2] == ["TABLE", "SIZE"])
    assert len(lines[header + 1 : -1]) == 2
    assert lines[0][:2] == ["ok", "connection"]


@pytest.mark.parametrize("command", [CheckHealth(), CheckDatabase()])
def test_the_help_says_what_the_statuses_mean_and_that_no_record_is_kept(command: DiagnosisCommand) -> None:
    said = " ".join(command.create_parser("manage.py", "check").format_help().split())

    assert "Exit status: 0 nothing failed, 1 something did." in said
    assert "keeps no record" in said
    assert "Raises" not in said

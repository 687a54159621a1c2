"""Management commands in the background: which, and what becomes of what they say."""

import logging
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.test import override_settings

from jobs.exceptions import WrongInput
from jobs.models.run import Run
from jobs.models.state import State
from jobs.services.commands import NEVER, CommandFailed, Lines, run_command
from tests.jobs.services.watched import Watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def _talking(settings: Any) -> Iterator[None]:
    """An app with the command `talk`."""
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.talking"]
    settings.RUNNABLE_COMMANDS = ["talk"]
    get_commands.cache_clear()
    yield
    get_commands.cache_clear()


def test_a_listed_command_is_run_with_its_arguments(caplog: pytest.LogCaptureFixture) -> None:
    report = run_command("showmigrations", ["sessions", "--plan"])

    assert report.command == "showmigrations sessions --plan"
    assert caplog.messages == ["[X]  sessions.0001_initial"]
    assert report.lines == 1


@pytest.mark.usefixtures("_talking")
def test_what_it_says_is_the_log_line_by_line(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    watched = Watched(tmp_path)

    report = run_command("talk", ["talk"], progress=watched)

    said = [(each.levelno, each.getMessage()) for each in caplog.records]
    plain = [*("first", "second", "green", "red clipboard"), "printed", "no end"]
    assert [text for level, text in said if level == logging.INFO] == plain
    assert (logging.WARNING, "careful") in said
    assert report.lines == watched.done == len(said)


@pytest.mark.usefixtures("_talking")
@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("fail", "talk: The moon is full"),
        ("exit", "talk: it ended with status 3: Nothing more to say"),
        ("exit_silently", "talk: it ended with status 4: it said nothing"),
        ("exit_with_words", "talk: The sea is rough"),
        ("ask", "talk: it asked a question, and nobody is there to answer"),
    ],
)
def test_a_command_that_fails_fails_with_its_text(what: str, sentence: str) -> None:
    with pytest.raises(CommandFailed, match=sentence):
        run_command("talk", [what])


@pytest.mark.usefixtures("_talking")
def test_status_0_is_no_failure() -> None:
    assert run_command("talk", ["exit_well"]).lines == 0


@pytest.mark.usefixtures("_talking")
def test_an_error_of_the_command_is_passed_on_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        run_command("talk", ["break_down"])


@pytest.mark.usefixtures("_talking")
def test_wrong_arguments_are_the_commands_own_sentence() -> None:
    with pytest.raises(CommandFailed, match="talk: Error: the following arguments are required: what"):
        run_command("talk", [])


@pytest.mark.usefixtures("_talking")
def test_what_was_said_before_a_failure_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CommandFailed):
        run_command("talk", ["fail"])

    assert caplog.messages == ["first"]


def test_the_streams_of_this_process_are_as_before() -> None:
    before = sys.stdin, sys.stdout

    with pytest.raises(CommandFailed):
        run_command("check", ["--fail-level", "nothing"])

    assert (sys.stdin, sys.stdout) == before


@pytest.mark.parametrize("name", sorted(NEVER))
def test_some_are_never_run_even_where_they_are_listed(name: str) -> None:
    with override_settings(RUNNABLE_COMMANDS=[name]), pytest.raises(WrongInput, match="is never run"):
        run_command(name)


def test_what_is_not_listed_is_refused_with_what_is() -> None:
    with pytest.raises(WrongInput, match=r"'migrate' is no command .* there are check, clearsessions, show"):
        run_command("migrate")


def test_what_is_nearly_listed_is_refused_with_the_nearest() -> None:
    with pytest.raises(WrongInput, match="did you mean 'clearsessions'"):
        run_command("clearsession")


@override_settings(RUNNABLE_COMMANDS=["clean_everything"])
def test_what_is_listed_and_nowhere_is_refused() -> None:
    with pytest.raises(WrongInput, match="lists 'clean_everything', and no app has it"):
        run_command("clean_everything")


def test_a_job_is_started_by_its_own_name() -> None:
    with override_settings(RUNNABLE_COMMANDS=["greet"]), pytest.raises(WrongInput, match="greet is a job"):
        run_command("greet", ["World"])


@pytest.mark.parametrize("option", ["--settings=evil", "--pythonpath", "--settings"])
def test_options_that_choose_the_code_are_refused(option: str) -> None:
    with pytest.raises(WrongInput, match=f"{option} is refused"):
        run_command("check", [option, "/tmp"])


def test_lines_are_handed_on_as_they_are_complete() -> None:
    taken: list[str] = []
    lines = Lines(taken.append)

    print("one", file=lines)
    lines.write("two\nthr")
    print("ee", file=lines, end="")

    assert taken == ["one", "two"]
    lines.end()
    assert taken == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (["showmigrations", "sessions", "--plan"], ["sessions", "--plan"]),
        (["-v", "0", "showmigrations", "--list", "sessions"], ["--list", "sessions"]),
        (["showmigrations", "--", "--plan", "sessions"], ["--plan", "sessions"]),
        (["showmigrations", "--json", "-v", "2"], ["--json", "-v", "2"]),
        (["showmigrations"], []),
    ],
)
def test_at_a_terminal_what_stands_behind_the_name_is_the_commands_own(
    words: list[str], arguments: list[str]
) -> None:
    call_command("run_command", "--background", *words, stdout=StringIO())

    run = Run.objects.get()
    assert run.parameters == {"name": "showmigrations", "arguments": arguments}


def test_a_run_keeps_the_output_in_its_log_and_fails_with_the_text() -> None:
    with pytest.raises(CommandError, match="showmigrations: it ended with status 2: No installed app"):
        call_command("run_command", "showmigrations", "nowhere", stdout=StringIO(), verbosity=0)

    run = Run.objects.get()
    assert run.state == State.FAILED
    assert "WARNING jobs.output: No installed app with label 'nowhere'." in run.attempts.get().log

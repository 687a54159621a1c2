"""Management commands of Django and of apps, as jobs: their output is the run's log."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO, TextIOBase
from typing import Annotated

from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import Doc

from jobs.exceptions import NightshiftError, WrongInput, did_you_mean
from jobs.progress import Progress, silent

# A setting that is wrong must not make a shell out of a form. These run what they are given, open a server,
# make or change an account, show or write what is secret, empty the database, or write code.
NEVER = frozenset(
    {
        *("shell", "shell_plus", "dbshell", "runscript", "test", "run_command"),
        *("runserver", "runserver_plus", "testserver", "serve"),
        *(
            "createsuperuser",
            "create_token",
            "changepassword",
            "diffsettings",
            "print_settings",
            "dumpdata",
            "loaddata",
        ),
        *("flush", "sqlflush", "reset_db", "full_reset"),
        *("runs", "queues", "schedules"),  # these would be past the rights of whoever has named them
        *("startapp", "startproject", "startjob", "makemigrations", "squashmigrations", "optimizemigration"),
    }
)
REFUSED_OPTIONS = ("--settings", "--pythonpath")  # they choose the code that is run
CONTROL = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)?|[\x00-\x08\x0b-\x1f\x7f]")

output = logging.getLogger("jobs.output")
# What a command prints is what its run is for, whatever level the service logs at.
output.setLevel(logging.INFO)


class CommandFailed(NightshiftError):
    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"{name}: {CONTROL.sub('', reason)}")


@dataclass(frozen=True, kw_only=True)
class CommandReport:
    """`lines` were printed, and are in the run's log."""

    command: str
    lines: int


def run_command(
    name: Annotated[str, Doc("a command that RUNNABLE_COMMANDS lists, such as clearsessions")],
    arguments: Annotated[list[str], Doc("what would stand behind it at a terminal, word by word")] = [],  # noqa: B006
    *,
    progress: Progress = silent,
) -> CommandReport:
    """Run a management command that the setting RUNNABLE_COMMANDS allows; its output is the run's log.

    It has no terminal, so it can ask nothing. Where it fails, the run fails with what it said.
    """
    command = find_command(name)
    for word in arguments:
        if word.partition("=")[0] in REFUSED_OPTIONS:
            raise WrongInput(f"{word} is refused: a command runs with the code and settings of its worker")
    line = " ".join([name, *arguments])
    progress.update(0, message=line)
    out, errors = (Lines(partial(_print, level, progress)) for level in (logging.INFO, logging.WARNING))
    with _no_terminal(out):
        try:
            _call(name, command, arguments, out, errors)
        finally:
            out.end()
            errors.end()
    return CommandReport(command=line, lines=out.count + errors.count)


def find_command(name: str) -> BaseCommand:
    """Raises WrongInput for one that may not be run, or is not there."""
    allowed = [each for each in settings.RUNNABLE_COMMANDS if each not in NEVER]
    if name in NEVER:
        raise WrongInput(f"{name} is never run in the background, also where RUNNABLE_COMMANDS lists it")
    if name not in allowed:
        hint = did_you_mean(name, allowed) or f"; there are {', '.join(sorted(allowed)) or 'none'}"
        raise WrongInput(f"{name!r} is no command that the setting RUNNABLE_COMMANDS allows{hint}")
    if name not in (known := get_commands()):
        raise WrongInput(f"RUNNABLE_COMMANDS lists {name!r}, and no app has it{did_you_mean(name, known)}")
    command = load_command_class(known[name], name)
    if hasattr(command, "job"):
        raise WrongInput(f"{name} is a job: start it by its own name")
    return command


class Lines(TextIOBase):
    """Hands on each line as it is complete: `count` were, and `last` is the last one that says something."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self.count = 0
        self.last = ""
        self._take = take
        self._begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            plain = CONTROL.sub("", line.rstrip())
            self.count += 1
            self.last = plain.strip() or self.last
            self._take(plain)
        return len(text)

    def end(self) -> None:
        """Hand on what has no end of its own."""
        if self._begun:
            self.write("\n")


def _print(level: int, progress: Progress, line: str) -> None:
    output.log(level, "%s", line)
    progress.advance()


def _call(name: str, command: BaseCommand, arguments: list[str], out: Lines, errors: Lines) -> None:
    try:
        call_command(command, *arguments, stdout=out, stderr=errors, no_color=True)
    except CommandError as error:
        raise CommandFailed(name, str(error) or "it failed without a word") from error
    except SystemExit as end:
        if isinstance(end.code, str):
            raise CommandFailed(name, end.code) from end
        if end.code:
            said = errors.last or out.last or "it said nothing"
            raise CommandFailed(name, f"it ended with status {end.code}: {said}") from end
    except EOFError as error:
        sentence = "it asked a question, and nobody is there to answer; give it --no-input where it has that"
        raise CommandFailed(name, sentence) from error


@contextmanager
def _no_terminal(out: Lines) -> Iterator[None]:
    """What a command prints past its own streams is output too, and what it reads is empty."""
    stdin, sys.stdin = sys.stdin, StringIO()
    try:
        with redirect_stdout(out):
            yield
    finally:
        sys.stdin = stdin

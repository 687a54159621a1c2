"""A job as a management command: `class Command(JobCommand): job = catalog.IMPORT_PRODUCTS`."""

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from django.core.management.base import BaseCommand, CommandParser, OutputWrapper

from jobs.arguments import InsteadOfParameters, add_parameters, given
from jobs.database import bring_up_to_date
from jobs.exceptions import LeaseLost, NotResumable, OverlapRefused, WrongParameters, did_you_mean
from jobs.following import follow
from jobs.foreground import HINTS, run_here
from jobs.job import Job
from jobs.kinds import STDOUT, Kind
from jobs.models.run import Origin, Run
from jobs.models.state import State
from jobs.outcome import RunFailed, WrongUsage, outcome_lines, raise_outcome, summary
from jobs.queue import enqueue
from jobs.recording import RecordedProgress
from jobs.run_reference import AmbiguousRun, UnknownRun, find_run
from jobs.stdin import STDIN, discard, spool
from jobs.terminal import Display, display
from jobs.terminal_question import ask_first
from jobs.values import read_moment


class JobCommand(BaseCommand):
    """Exit status: 0 succeeded (or queued), 1 failed, 2 wrong usage, 130 interrupted, paused or cancelled."""

    job: ClassVar[Job]
    stdin: ClassVar[str | None] = None  # the parameter whose file is what comes in, where it is `-`
    requires_migrations_checks = True

    @property
    def help(self) -> str:  # type: ignore[override] # Django has a class attribute here
        return self.job.description

    def check_migrations(self) -> None:
        bring_up_to_date(self.stderr)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, allow_abbrev=False, **kwargs)
        plain_error = parser.error

        def error(message: str) -> NoReturn:
            plain_error(message + self._suggestion(message))
            raise AssertionError("argparse ends in error()")

        # What Django gives to every command comes last in the help.
        parser._action_groups.append(parser._action_groups.pop(1))
        parser.error = error  # type: ignore[method-assign] # Django names no parser class to derive from
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_parameters(parser, self.job.parameters)
        group = parser.add_argument_group("how to run it")
        group.add_argument("--background", action="store_true", help="queue it for a worker, and return")
        group.add_argument(
            "--follow", action="store_true", help="queue it for a worker, and watch it to its end"
        )
        group.add_argument(
            "--at", metavar="WHEN", help="queue it for a worker at that time, such as 2026-12-01T02:00"
        )
        group.add_argument(
            "--json", action="store_true", help="print one JSON object, and nothing else, on stdout"
        )
        group.add_argument(
            "--resume",
            metavar="RUN",
            action=InsteadOfParameters,
            help="go on, here, with a paused run where it stopped; it has its parameters, so give none",
        )
        group.add_argument("--no-input", action="store_true", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        raw = given(self.job.parameters, options)
        told = self._told(raw, options)
        try:
            if not (options["resume"] or options["no_input"]):
                ask_first(self.job, raw, told)
            run = self._run(raw, options)
        except (WrongParameters, OverlapRefused, NotResumable, UnknownRun, AmbiguousRun) as error:
            raise WrongUsage(str(error)) from error
        except LeaseLost as lost:
            raise RunFailed(f"{lost}; see: python manage.py runs show {lost.run}") from lost
        if options["json"]:
            self.stdout.write(json.dumps(summary(run), ensure_ascii=False))
        elif options["verbosity"] > 0:
            for line in outcome_lines(run):
                told.write(line)
        raise_outcome(run)

    def _told(self, raw: Mapping[str, Any], options: Mapping[str, Any]) -> OutputWrapper:
        """Where the result goes: not among the bytes of a file that goes to standard output."""
        items = self.job.parameters.by_name
        is_taken = any(items[name].kind is Kind.OUTPUT and raw[name] == str(STDOUT) for name in raw)
        if is_taken and options["json"]:
            raise WrongUsage("--json and a file on standard output would mix; leave one of them out")
        return self.stderr if is_taken else self.stdout

    def _run(self, raw: Mapping[str, Any], options: Mapping[str, Any]) -> Run:
        if options["resume"]:
            return self._run_here({}, options, resume=self._paused(raw, options))
        if self.stdin and raw.get(self.stdin) == STDIN:
            return self._run_with_stdin(self.stdin, raw, options)
        at = _moment(options["at"]) if options["at"] else None
        if not (options["background"] or options["follow"] or at):
            return self._run_here(raw, options)
        run = enqueue(self.job, raw, origin=Origin.COMMAND, not_before=at)
        if options["follow"]:
            with self._display(options) as shown:
                follow(run, shown)
        return run

    def _run_here(
        self, raw: Mapping[str, Any], options: Mapping[str, Any], *, resume: Run | None = None
    ) -> Run:
        with self._display(options) as shown:

            def show(progress: RecordedProgress) -> None:
                shown.show(progress)

            run = run_here(self.job, raw, resume=resume, listeners=(show,), on_interrupt=self._say_stopping)
            shown.show(run)
        return run

    def _run_with_stdin(self, name: str, raw: Mapping[str, Any], options: Mapping[str, Any]) -> Run:
        if options["background"] or options["follow"] or options["at"]:
            way_out = f"write it to a file, and give its path instead of {STDIN}"
            raise WrongUsage(f"A worker cannot read what comes in here; {way_out}")
        file = spool(sys.stdin.buffer)
        try:
            run = self._run_here({**raw, name: str(file.path)}, options)
        except (WrongParameters, OverlapRefused):
            discard(file)
            raise
        # Every other run may be resumed, or tried again.
        if run.state == State.SUCCEEDED:
            discard(file)
        return run

    def _paused(self, raw: Mapping[str, Any], options: Mapping[str, Any]) -> Run:
        """The run to go on with. Raises WrongUsage, UnknownRun, AmbiguousRun and NotResumable."""
        run = find_run(options["resume"])
        command = f"python manage.py {run.job} --resume {run.pk}"
        if run.job != self.job.name:
            raise WrongUsage(f"Run {run.pk} is one of {run.job}; go on with it by: {command}")
        if run.state != State.PAUSED:
            raise NotResumable(str(run.pk), run.state, HINTS[State(run.state)])
        if raw:
            names = ", ".join(map(repr, raw))
            raise WrongUsage(f"A run goes on with the parameters it has; leave out {names}: {command}")
        if options["background"] or options["follow"] or options["at"]:
            hint = f"to let a worker do it: python manage.py runs resume {run.pk}"
            raise WrongUsage(
                f"--resume goes on here and now, without --background, --follow and --at; {hint}"
            )
        return run

    def _display(self, options: Mapping[str, Any]) -> AbstractContextManager[Display]:
        return display(self.job.name, verbosity=options["verbosity"], color=not options["no_color"])

    def _suggestion(self, message: str) -> str:
        if chosen := re.search(r"argument (?:--)?([\w-]+): invalid choice: '(.*)' \(choose", message):
            parameter = self.job.parameters.by_name.get(chosen[1].lower().replace("-", "_"))
            return did_you_mean(chosen[2], parameter.choices) if parameter else ""
        unknown = re.search(r"unrecognized arguments: --([\w-]+)", message)
        known = [name.replace("_", "-") for name in self.job.parameters.by_name]
        return did_you_mean("--" + unknown[1], [f"--{name}" for name in known]) if unknown else ""

    def _say_stopping(self) -> None:
        self.stderr.write("Pausing at the next checkpoint; press Ctrl-C again to pause at once.")


def _moment(text: str) -> datetime:
    try:
        return read_moment(text)
    except ValueError as error:
        sentence = f"--at {text!r} is no time; write it like 2026-12-01T02:00 (in the service's time zone)"
        raise WrongUsage(sentence) from error

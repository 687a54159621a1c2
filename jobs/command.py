"""A job as a management command: `class Command(JobCommand): job = catalog.IMPORT_PRODUCTS`."""

import json
import re
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.arguments import add_parameters, given
from jobs.database import bring_up_to_date
from jobs.exceptions import OverlapRefused, WrongParameters, did_you_mean
from jobs.foreground import run_here
from jobs.job import Job
from jobs.kinds import read_moment
from jobs.models.run import Origin, Run
from jobs.models.state import State
from jobs.queue import enqueue
from jobs.recording import RecordedProgress
from jobs.terminal import display, result_lines

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130
LOOK_EVERY = 0.2  # seconds between two looks at a followed run


class JobCommand(BaseCommand):
    """Exit status: 0 succeeded (or queued), 1 failed, 2 wrong usage, 130 interrupted."""

    job: ClassVar[Job]
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
        group.add_argument("--no-input", action="store_true", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        raw = given(self.job.parameters, options)
        try:
            run = self._run(raw, options)
        except (WrongParameters, OverlapRefused) as error:
            raise CommandError(str(error), returncode=WRONG_USAGE) from error
        if options["json"]:
            self.stdout.write(json.dumps(summary(run), ensure_ascii=False))
        elif options["verbosity"] > 0:
            self._tell(run)
        self._exit(run)

    def _run(self, raw: Mapping[str, Any], options: Mapping[str, Any]) -> Run:
        at = _moment(options["at"]) if options["at"] else None
        if not (options["background"] or options["follow"] or at):
            return self._run_here(raw, options)
        run = enqueue(self.job, raw, origin=Origin.COMMAND, not_before=at)
        return self._follow(run, options) if options["follow"] else run

    def _run_here(self, raw: Mapping[str, Any], options: Mapping[str, Any]) -> Run:
        with display(self.job.name, verbosity=options["verbosity"], color=not options["no_color"]) as shown:

            def show(progress: RecordedProgress) -> None:
                shown.show(progress)

            run = run_here(self.job, raw, listeners=(show,), on_interrupt=self._say_stopping)
            shown.show(run)
        return run

    def _follow(self, run: Run, options: Mapping[str, Any]) -> Run:
        with display(self.job.name, verbosity=options["verbosity"], color=not options["no_color"]) as shown:
            try:
                while not run.is_final:
                    time.sleep(LOOK_EVERY)
                    run.refresh_from_db()
                    shown.show(run)
            except KeyboardInterrupt:
                sentence = f"No longer following; run {run.pk} goes on in the background"
                raise CommandError(sentence, returncode=INTERRUPTED) from None
        return run

    def _suggestion(self, message: str) -> str:
        unknown = re.search(r"unrecognized arguments: --([\w-]+)", message)
        known = [name.replace("_", "-") for name in self.job.parameters.by_name]
        return did_you_mean("--" + unknown[1], [f"--{name}" for name in known]) if unknown else ""

    def _say_stopping(self) -> None:
        self.stderr.write("Stopping at the next checkpoint; press Ctrl-C again to stop at once.")

    def _tell(self, run: Run) -> None:
        if run.state == State.SUCCEEDED:
            for line in result_lines(run.result):
                self.stdout.write(line)
            for artifact in run.artifacts.all():
                self.stdout.write(f"{artifact.name}: {artifact.path}")
        elif not run.is_final:
            self.stdout.write(f"{self.job.name} is queued as run {run.pk}")

    def _exit(self, run: Run) -> None:
        if run.state == State.FAILED:
            raise RunFailed(run.error, returncode=FAILED)
        if run.state == State.CANCELLED:
            raise RunStopped(f"{run.error}; run {run.pk}. Start it again to go on", returncode=INTERRUPTED)


class RunFailed(CommandError):
    """The run's own error, for whoever typed the command."""


class RunStopped(CommandError):
    """It was interrupted or cancelled."""


def summary(run: Run) -> dict[str, Any]:
    """What --json prints."""
    return {
        "run": str(run.pk),
        "job": run.job,
        "state": run.state,
        "result": run.result,
        "error": run.error or None,
    }


def _moment(text: str) -> datetime:
    try:
        return read_moment(text)
    except ValueError as error:
        sentence = f"--at {text!r} is no time; write it like 2026-12-01T02:00 (in the service's time zone)"
        raise CommandError(sentence, returncode=WRONG_USAGE) from error

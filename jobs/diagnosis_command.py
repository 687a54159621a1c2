"""A check of the service at a terminal: it has to answer where there is no database to keep a record in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from rich.table import Table
from rich.text import Text

from jobs.arguments import given
from jobs.command import JobCommand
from jobs.database import bring_up_to_date
from jobs.exceptions import FailedWithResult, WrongParameters
from jobs.outcome import RunFailed, WrongUsage
from jobs.services.diagnosis import Diagnosis, Finding, Level, sentence
from jobs.terminal import printed

STYLES = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}
BY_A_RUN = ("background", "follow", "at", "resume")


class DiagnosisCommand(JobCommand):
    """Exit status: 0 nothing failed, 1 something did. Here and now it leaves no run behind; asked of a worker
    by --background, --follow or --at, it is a run as any other.
    """

    def check_migrations(self) -> None:
        """They are one of the things looked at."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        about = (
            "Exit status: 0 nothing failed, 1 something did. Typed like this it keeps no record, and answers "
            "without a database too; with --background, --follow or --at a worker runs it, as any job."
        )
        return super().create_parser(prog_name, subcommand, **{"epilog": about, **kwargs})

    def handle(self, *args: Any, **options: Any) -> None:
        if any(options[name] for name in BY_A_RUN):
            bring_up_to_date(self.stderr)
            super().handle(*args, **options)
            return
        diagnosis = self._look(options)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(diagnosis), ensure_ascii=False))
        elif options["verbosity"] > 0:
            for drawn in self.tables(diagnosis, is_terminal=self.stdout.isatty()):
                lines = printed(drawn, is_terminal=self.stdout.isatty(), color=not options["no_color"])
                self.stdout.write(lines.strip("\n") + "\n\n")
        if diagnosis.status is Level.FAIL:
            raise RunFailed(sentence(diagnosis))
        if options["verbosity"] > 0 and not options["json"]:
            self.stdout.write(sentence(diagnosis))

    def tables(self, diagnosis: Any, *, is_terminal: bool) -> Iterator[Table]:
        """What is drawn, one below the other."""
        drawn = Table.grid(padding=(0, 2, 0, 0))
        drawn.add_column(no_wrap=True, min_width=4)
        drawn.add_column(no_wrap=True)
        drawn.add_column(overflow="fold")
        for name, each in diagnosis.checks.items():
            drawn.add_row(Text(each.level, STYLES[each.level]), Text(name), Text(_said(each, is_terminal)))
        yield drawn

    def _look(self, options: Mapping[str, Any]) -> Diagnosis:
        try:
            values = self.job.parameters.parse(given(self.job.parameters, options))
            found: Diagnosis = self.job.function(**values)
        except WrongParameters as wrong:
            raise WrongUsage(str(wrong)) from wrong
        except FailedWithResult as failed:
            found = failed.result
        return found


def _said(finding: Finding, is_terminal: bool) -> str:
    """Where there is no terminal, a check is one line."""
    return ("\n" if is_terminal else ". ").join(filter(None, (finding.figure, finding.advice)))

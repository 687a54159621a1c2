"""`manage.py export_schedules`: the schedules for cron or systemd, where no beat runs."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from jobs.database import bring_up_to_date, unreachable
from jobs.outcome import FAILED, WrongUsage
from tasks.crontab import Surroundings, crontab_lines
from tasks.exported import exported, one_line
from tasks.systemd import Machine, units, why_not


class Command(BaseCommand):
    help = (
        "Print the schedules in the database as a crontab, or as systemd's services and timers, for a place "
        "without beat. docs/schedules.md has the details."
    )
    requires_migrations_checks = True

    def check_migrations(self) -> None:
        bring_up_to_date(self.stderr)

    def add_arguments(self, parser: CommandParser) -> None:
        path: dict[str, Any] = {"type": Path, "metavar": "PATH"}
        parser.add_argument("--format", choices=("cron", "systemd"), required=True, help="for which of them")
        parser.add_argument(
            "--log-directory",
            **path,
            help="a file for each schedule's output; without it cron's go to log/ below NIGHTSHIFT_VAR, and "
            "systemd's to the journal",
        )
        parser.add_argument(
            "--environment-file", **path, help="a file of NAME=value lines with the service's settings"
        )
        parser.add_argument(
            "--directory", **path, help="systemd: write the units there, and print their names"
        )
        parser.add_argument("--user", default="", metavar="NAME", help="systemd: the account of the services")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] == "cron" and (options["directory"] or options["user"]):
            hint = (
                "a crontab is one text, and is its owner's: python manage.py export_schedules --format cron"
            )
            raise WrongUsage(f"--directory and --user are for systemd; {hint} | crontab -")
        try:
            lines = self._crontab(options) if options["format"] == "cron" else self._units(options)
            self.stdout.write("\n".join(lines))
        except Error as error:
            raise CommandError(unreachable(error)) from error
        except BrokenPipeError:
            # Whoever reads, such as head, has enough; Python flushes once more when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            raise CommandError(f"The units cannot be written: {error}", returncode=FAILED) from error

    def _crontab(self, options: Mapping[str, Any]) -> Iterator[str]:
        logs = options["log_directory"] or Path(settings.VAR) / "log"
        return crontab_lines(exported(), Surroundings(logs=logs.absolute(), **_paths(options)))

    def _units(self, options: Mapping[str, Any]) -> Iterator[str]:
        logs, directory = options["log_directory"], options["directory"]
        machine = Machine(logs=logs and logs.absolute(), user=options["user"], **_paths(options))
        entries = exported()
        for name, text in units(entries, machine).items():
            if directory:
                directory.mkdir(parents=True, exist_ok=True)
                (directory / name).write_text(text, encoding="utf-8")
                yield str(directory / name)
            else:
                yield f"# {name}\n{text}"
        for each in entries:
            if why_not(each):
                yield f"# {one_line(each.name)} has no units: {why_not(each)}"


def _paths(options: Mapping[str, Any]) -> dict[str, Any]:
    environment = options["environment_file"]
    return {
        # Not resolved: a virtual environment's python is a link, and found by where the link is.
        "python": Path(os.path.normpath(sys.executable)),
        "manage": Path(settings.ROOT) / "manage.py",
        "environment": environment and environment.absolute(),
    }

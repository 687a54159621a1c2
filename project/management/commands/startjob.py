"""`manage.py startjob`: a new job, in every file that has to know of it."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.outcome import FAILED, WrongUsage
from project.generator.change import diff, write
from project.generator.naming import WrongName, naming
from project.generator.plan import SHAPES, Plan, plan

HELP_OF_TYPES = "; ".join(f"{name}: {about}" for name, about in SHAPES.items())


class Command(BaseCommand):
    help = (
        "Write a new job: its function, catalog entry, command, task, test, section in docs/jobs.md and line "
        "in CHANGELOG.md. What is written passes the suite as it is, and is there to be changed. For "
        'example: manage.py startjob cleanup_baskets --type maintenance --description "Delete old baskets."'
    )
    requires_system_checks = []  # noqa: RUF012 Django's own form; another job's fault is not in the way

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="a verb and a noun, such as cleanup_baskets")
        parser.add_argument(
            "--type", choices=SHAPES, default="base", help=f"what it is like. {HELP_OF_TYPES}"
        )
        parser.add_argument(
            "--description", required=True, metavar="TEXT", help="what it does, in a sentence"
        )
        parser.add_argument(
            "--module", metavar="NOUN", help="the file of jobs/services/ that it goes to; one of its own"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="print the changes as a diff, write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            planned = self._plan(Path(settings.ROOT), options)
        except WrongName as wrong:
            raise WrongUsage(str(wrong)) from wrong
        except OSError as error:
            raise CommandError(f"Nothing was written: {error}", returncode=FAILED) from error
        try:
            self._print(planned, options)
        except BrokenPipeError:
            # Whoever reads, such as head, has enough; Python flushes once more when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        for sentence in planned.by_hand:
            self.stderr.write(self.style.WARNING(sentence))

    def _plan(self, root: Path, options: dict[str, Any]) -> Plan:
        """And write it, unless that is not wanted. Raises WrongName and OSError."""
        named = naming(
            options["name"], description=options["description"], module=options["module"], root=root
        )
        planned = plan(options["type"], named, root)
        if not options["dry_run"]:
            write(root, planned.changes)
        return planned

    def _print(self, planned: Plan, options: dict[str, Any]) -> None:
        if options["json"]:
            self._print_json(planned, options)
        elif options["dry_run"]:
            self._print_diff(planned)
        else:
            self._print_files(planned, options["name"])

    def _print_json(self, planned: Plan, options: dict[str, Any]) -> None:
        files = [each.path for each in planned.changes]
        content = {"job": options["name"], "files": files, "by_hand": planned.by_hand}
        self.stdout.write(json.dumps({**content, "dry_run": options["dry_run"]}, ensure_ascii=False))

    def _print_diff(self, planned: Plan) -> None:
        styles = {"+": self.style.SUCCESS, "-": self.style.ERROR, "@": self.style.MIGRATE_HEADING}
        for line in diff(planned.changes):
            style = self.style.HTTP_INFO if line.startswith(("--- ", "+++ ")) else styles.get(line[:1])
            self.stdout.write(style(line) if style else line)

    def _print_files(self, planned: Plan, name: str) -> None:
        for each in planned.changes:
            self.stdout.write(f"{'new' if each.before is None else 'changed':<8} {each.path}")
        self.stdout.write(f"\nIts help:   python manage.py {name} --help")
        self.stdout.write("All of it:  make ci")

"""`manage.py full_reset`: an empty database with the tables and first rows of this version."""

import sys
from typing import Any

from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands import loaddata
from django.db import OperationalError, connection

from jobs.database import unreachable
from jobs.models.heartbeat import Heartbeat
from jobs.outcome import WrongUsage

EXAMPLES = """\
Outside of DEBUG it refuses, unless you give --i-know and the name of the database: typed when it asks, or as
--database-name together with --no-input. Exit status: 0 done, 1 failed, 2 refused, with nothing changed.
"""


class Command(BaseCommand):
    help = (
        "Delete every row of the database, apply all migrations, and load fixtures. Nothing brings the rows "
        "back."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, allow_abbrev=False, **{"epilog": EXAMPLES, **kwargs}
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fixtures",
            nargs="*",
            default=[],
            metavar="NAME",
            help="the fixtures to load at the end, as loaddata does",
        )
        parser.add_argument(
            "--i-know", action="store_true", help="do it although DEBUG is off: this may be production"
        )
        parser.add_argument(
            "--database-name",
            default="",
            metavar="NAME",
            help="the database that you mean; any other is refused",
        )
        parser.add_argument("--no-input", "--noinput", action="store_true", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_what_is_not_meant(options)
        _find(options["fixtures"])
        try:
            self._warn_of_processes()
            if not options["no_input"]:
                self._ask()
            self._reset(options["fixtures"])
        except OperationalError as error:
            raise CommandError(unreachable(error)) from error

    def _refuse_what_is_not_meant(self, options: dict[str, Any]) -> None:
        named = options["database_name"]
        if named and named != _database():
            raise WrongUsage(f"The database is {_database()!r}, not {named!r}: nothing was changed")
        if settings.DEBUG:
            return
        if not options["i_know"]:
            raise WrongUsage(
                f"DEBUG is off, so people may need the database {_database()!r}. To delete all its rows, say "
                "--i-know, and type its name when you are asked"
            )
        if options["no_input"] and not named:
            raise WrongUsage(
                "DEBUG is off: together with --no-input, name the database by --database-name NAME"
            )

    def _warn_of_processes(self) -> None:
        if Heartbeat._meta.db_table not in connection.introspection.table_names():
            return
        kinds = {kind: Heartbeat.objects.fresh(kind).count() for kind in ("worker", "beat")}
        if alive := [f"{count} {kind}" for kind, count in kinds.items() if count]:
            sentence = f"Still at work on this database: {', '.join(alive)}. Better stop them first."
            self.stderr.write(self.style.WARNING(sentence))

    def _ask(self) -> None:
        """The name of the database where people may need it, a yes where it is one to play with."""
        wanted, what = ("yes", "'yes'") if settings.DEBUG else (_database(), "its name")
        self.stdout.write(f"This deletes every row of the database {_database()!r}.")
        self.stdout.write(f"Type {what} to go on: ", ending="")
        self.stdout.flush()
        if sys.stdin.readline().strip() != wanted:
            raise WrongUsage("That was not it: nothing was changed")

    def _reset(self, fixtures: list[str]) -> None:
        self._say("Deleting every row")
        # Without its signal: tables that the receivers write to may be missing until the migrations are in.
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
        self._say("Applying migrations")
        call_command("migrate", interactive=False, verbosity=0)
        if fixtures:
            self._say(f"Loading {', '.join(fixtures)}")
            self._load(fixtures)
        self.stdout.write(self.style.SUCCESS(f"The database {_database()!r} is as new."))

    def _load(self, fixtures: list[str]) -> None:
        try:
            call_command("loaddata", *fixtures, verbosity=1, stdout=self.stdout)
        except Exception as error:  # whatever a file can do to a parser
            sentence = f"The database is empty and migrated, but the fixtures were not loaded: {error}"
            raise CommandError(f"{sentence}\nCorrect them, then run: manage.py loaddata") from error

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"{sentence} …")


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _find(fixtures: list[str]) -> None:
    """Before anything is deleted. Raises WrongUsage."""
    finder: Any = loaddata.Command()
    finder.using, finder.app_label, finder.verbosity = connection.alias, None, 0
    finder.serialization_formats = serializers.get_public_serializer_formats()
    for name in fixtures:
        try:
            finder.find_fixtures(name)
        except CommandError as error:
            raise WrongUsage(f"{error} Nothing was changed") from error

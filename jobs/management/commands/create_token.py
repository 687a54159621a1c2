"""`manage.py create_token`: a program may call the API for a person."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jobs.arguments import add_parameters, given
from jobs.database import bring_up_to_date
from jobs.exceptions import NightshiftError
from jobs.outcome import WrongUsage
from jobs.parameters import Parameters
from jobs.services.tokens import create_token

PARAMETERS = Parameters(create_token)


class Command(BaseCommand):
    help = (
        "Make a token by which a program calls the API with the rights of that person, and print it: it is "
        "shown this once. For example: manage.py create_token ann nightly-build --expires 90d"
    )
    requires_migrations_checks = True

    def check_migrations(self) -> None:
        bring_up_to_date(self.stderr)

    def add_arguments(self, parser: CommandParser) -> None:
        add_parameters(parser, PARAMETERS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            secret = create_token(**PARAMETERS.parse(given(PARAMETERS, options)))
        except NightshiftError as wrong:
            raise WrongUsage(str(wrong)) from wrong
        self.stdout.write(secret)
        self.stderr.write("Keep it like a password; only its digest is kept here.")

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Does what its argument says."""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("what")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["what"])()

    def talk(self) -> None:
        self.stdout.write("first\nsecond")
        self.stdout.write(self.style.SUCCESS("green"))
        self.stdout.write("\x1b[31mred\x1b[0m \x1b]52;c;eA==\x07clip\x00board")
        self.stderr.write("careful")
        print("printed")
        self.stdout.write("no end", ending="")

    def fail(self) -> None:
        self.stdout.write("first")
        raise CommandError("The moon is full")

    def exit(self) -> None:
        self.stderr.write("Nothing more to say")
        sys.exit(3)

    def exit_silently(self) -> None:
        sys.exit(4)

    def exit_well(self) -> None:
        sys.exit(0)

    def exit_with_words(self) -> None:
        sys.exit("The sea is rough")

    def ask(self) -> None:
        input("Are you sure? ")

    def break_down(self) -> None:
        raise ZeroDivisionError("by zero")

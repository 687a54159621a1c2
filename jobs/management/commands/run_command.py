from argparse import REMAINDER, ArgumentParser
from typing import Any

from jobs import catalog
from jobs.command import JobCommand


class Command(JobCommand):
    job = catalog.RUN_COMMAND

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        for action in parser._actions:
            # Options behind NAME are the command's, as behind `env` or `nohup`; those of this one go before.
            if action.dest == "arguments" and not action.option_strings:
                action.nargs = REMAINDER

    def handle(self, *args: Any, **options: Any) -> None:
        words = options.get("arguments")
        if words and words[0] == "--":
            options["arguments"] = words[1:]
        super().handle(*args, **options)

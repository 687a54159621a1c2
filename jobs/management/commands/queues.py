"""`manage.py queues`: what waits, and who may begin."""

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jobs import audit
from jobs.database import bring_up_to_date
from jobs.models.queue import Queue
from jobs.outcome import WrongUsage
from jobs.queue_listing import Listed, UnknownQueue, find_queue, queue_table, queues
from jobs.run_listing import json_moment
from jobs.terminal import printed


class Command(BaseCommand):
    help = (
        "List the queues, or pause and resume one. Nothing of a paused queue begins on any worker until "
        "it is resumed, also after a restart; what runs goes on. For example: manage.py queues pause bulk"
    )
    requires_migrations_checks = True

    def check_migrations(self) -> None:
        bring_up_to_date(self.stderr)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", nargs="?", default="list", choices=("list", "pause", "resume"))
        parser.add_argument("name", nargs="?", metavar="NAME", help="the queue to pause or to resume")
        parser.add_argument(
            "--reason", default="", metavar="TEXT", help="why it is paused, for those who wonder"
        )
        parser.add_argument("--json", action="store_true", help="print JSON, and nothing else, on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["verb"] == "list") == bool(options["name"]):
            raise WrongUsage("Say it like one of: queues list, queues pause NAME, queues resume NAME")
        listed = queues() if options["verb"] == "list" else [self._change(**options)]
        if options["json"]:
            content = json.dumps([each.as_json() for each in listed], default=_plain, ensure_ascii=False)
            self.stdout.write(content)
        elif options["verb"] == "list":
            is_terminal, color = self.stdout.isatty(), not options["no_color"]
            self.stdout.write(printed(queue_table(listed), is_terminal=is_terminal, color=color))
        else:
            self.stdout.write(_sentence(listed[0]))

    def _change(self, *, verb: str, name: str, reason: str, **options: Any) -> Listed:
        try:
            find_queue(name)
        except UnknownQueue as unknown:
            raise WrongUsage(str(unknown)) from unknown
        if verb == "pause":
            Queue.objects.pause(name, reason=reason)
        else:
            Queue.objects.resume(name)
        audit.write_at_terminal(f"{verb}d queue", name)
        return find_queue(name)


def _sentence(each: Listed) -> str:
    counts = f"{each.backlog.queued:,} queued, {each.backlog.running:,} running"
    if each.paused_at is None:
        return f"{each.queue} is not paused: its runs begin as workers are free ({counts})"
    return (
        f"{each.queue} is paused ({counts}): what runs goes on, nothing begins until: "
        f"python manage.py queues resume {each.queue}"
    )


def _plain(value: Any) -> Any:
    return value.total_seconds() if isinstance(value, timedelta) else json_moment(value)

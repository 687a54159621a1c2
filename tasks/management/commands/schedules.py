"""`manage.py schedules`: what runs when, and what of it is not as the catalog says."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs.database import bring_up_to_date, unreachable
from tasks.timetable import Entry, Kept, UnknownSchedule, latest_slots, timetable

WIDTH = 160  # columns where there is no terminal
MOST = 20  # slots shown, unless one asks for more


class Command(BaseCommand):
    help = (
        "List the schedules: when each is due, its last and its next slot by the clock of its own zone, what "
        "becomes of missed slots, and what is not as the catalog says. docs/schedules.md has the details."
    )
    requires_migrations_checks = True

    def check_migrations(self) -> None:
        bring_up_to_date(self.stderr)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slots", metavar="NAME", help="list the latest slots of that schedule instead")
        parser.add_argument(
            "--limit", type=int, default=MOST, metavar="N", help=f"with --slots: so many of them ({MOST})"
        )
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object, and nothing else, on stdout"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._show(options)
        except UnknownSchedule as unknown:
            raise CommandError(str(unknown), returncode=2) from unknown
        except Error as error:
            raise CommandError(unreachable(error)) from error

    def _show(self, options: dict[str, Any]) -> None:
        if options["slots"]:
            kept = latest_slots(options["slots"], max(1, options["limit"]))
            content: dict[str, Any] = {"slots": [asdict(each) for each in kept]}
            table = _slots(kept)
        else:
            entries = timetable()
            content = {"schedules": [asdict(each) for each in entries]}
            table = _schedules(entries)
        if options["json"]:
            self.stdout.write(json.dumps(content, default=_plain, ensure_ascii=False))
            return
        console = Console(no_color=options["no_color"], width=None if self.stdout.isatty() else WIDTH)
        with console.capture() as printed:
            console.print(table)
        self.stdout.write(printed.get())


def _schedules(entries: list[Entry]) -> Table:
    table = Table("Schedule", "When", "Last slot", "Next slot", "Missed", "Not as the catalog says")
    for each in entries:
        name = each.name if each.job == each.name else f"{each.name}\nruns {each.job}"
        cells = (
            name if each.enabled else f"{name}\n(disabled)",
            "\n".join(filter(None, (each.when, f"{each.line} {each.zone}".strip()))),
            "\n".join(filter(None, (_moment(each.last_slot), each.last_outcome))),
            _moment(each.next_slot),
            each.missed,
            "\n".join(each.drift),
        )
        table.add_row(*map(Text, cells), end_section=True)
    return table


def _slots(kept: list[Kept]) -> Table:
    table = Table("Slot", "Written", "Outcome", "Run", "Reason")
    for each in kept:
        moments = _moment(each.planned_for), _moment(each.created_at)
        table.add_row(*map(Text, (*moments, each.outcome, each.run, each.reason)))
    return table


def _moment(moment: datetime | None) -> str:
    """With its offset: where clocks change, the same time comes twice."""
    return moment.isoformat(" ", "seconds") if moment else "–"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

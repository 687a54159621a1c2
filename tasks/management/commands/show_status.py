"""`manage.py show_status`: the service at a glance."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils import timezone
from rich.table import Table

from jobs.database import bring_up_to_date, unreachable
from jobs.models.run import Run
from jobs.process_listing import Presence, Process
from jobs.queue_listing import Listed
from jobs.run_listing import moment
from jobs.services.diagnosis import duration_words
from jobs.terminal import printed, table
from jobs.wording import amount, first_line, phase
from tasks.status import Coming, Status, status, work

LAST, LAST_VERBOSE = 5, 20  # runs


class Command(BaseCommand):
    help = (
        "Show who works, what waits in the queues and since when, which schedules come next, and what ran "
        "last. Whether all of it is well is a question for check_health."
    )
    requires_migrations_checks = True

    def check_migrations(self) -> None:
        bring_up_to_date(self.stderr)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--verbose",
            action="store_true",
            help=f"also what each process performs, processes that went silent within a day, schedules that "
            f"are disabled, and {LAST_VERBOSE} runs in place of {LAST}",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object, with all of it")

    def handle(self, *args: Any, **options: Any) -> None:
        is_whole = options["verbose"] or options["json"] or options["verbosity"] > 1
        try:
            found = status(last_runs=LAST_VERBOSE if is_whole else LAST)
        except Error as error:
            raise CommandError(unreachable(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), default=_plain, ensure_ascii=False))
            return
        for title, content in _sections(found, is_whole):
            drawn = content if isinstance(content, str) else self._drawn(content, options)
            self.stdout.write(f"{self.style.MIGRATE_HEADING(title)}\n{drawn}\n\n")

    def _drawn(self, content: Table, options: dict[str, Any]) -> str:
        lines = printed(content, is_terminal=self.stdout.isatty(), color=not options["no_color"])
        return lines.strip("\n")


def _sections(found: Status, is_whole: bool) -> Iterator[tuple[str, Table | str]]:
    processes = [each for each in found.processes if is_whole or each.presence is Presence.ALIVE]
    schedules = [each for each in found.schedules if is_whole or each.enabled]
    nobody = "None was heard from: manage.py check_health says how to start one."
    yield "Workers and beat", _processes(processes, is_whole) if processes else nobody
    yield "Queues", _queues(found.queues)
    yield "Schedules", _schedules(schedules) if schedules else "None."
    yield "Last runs", _runs(found.runs, is_whole) if found.runs else "Nothing ran yet."


def _processes(processes: Iterable[Process], is_whole: bool) -> Table:
    rows = []
    for each in processes:
        runs = "\n".join(map(work, each.runs)) if is_whole else _count(each)
        rows.append((each.kind, each.name, " ".join(each.queues), _presence(each), runs))
    return table(("KIND", "NAME", "QUEUES", "HEARD FROM", "RUNS"), rows)


def _presence(process: Process) -> str:
    if process.presence is Presence.ALIVE:
        return "alive"
    ago = duration_words(process.seen)
    return f"stopped {ago} ago" if process.presence is Presence.GONE else f"silent for {ago}"


def _count(process: Process) -> str:
    if process.heartbeat and process.heartbeat.processes:
        return f"{len(process.runs)} of {process.heartbeat.processes} busy"
    return f"{len(process.runs)} running" if process.runs else ""


def _queues(queues: Iterable[Listed]) -> Table:
    headers = ("QUEUE", "QUEUED", "DUE", "OLDEST WAITS", "RUNNING", "WORKERS", "PAUSED SINCE")
    return table(headers, map(_queue, queues))


def _queue(each: Listed) -> Sequence[str]:
    backlog = each.backlog
    return (
        *(each.queue, f"{backlog.queued:,}", f"{backlog.due:,}"),
        *(duration_words(backlog.longest) if backlog.due else "", f"{backlog.running:,}"),
        *("none" if each.is_unserved else f"{len(each.workers)}", moment(each.paused_at)),
    )


def _schedules(schedules: Iterable[Coming]) -> Table:
    rows = ((each.name, each.when, _slot(each)) for each in schedules)
    return table(("SCHEDULE", "WHEN", "NEXT"), rows)


def _runs(runs: Iterable[Run], is_whole: bool) -> Table:
    headers = ("CREATED", "STATE", "JOB", "PROGRESS", "RUN", "ERROR")
    rows = (
        (_ago(run.created_at), phase(run), run.job, amount(run), str(run.pk), first_line(run.error))
        for run in runs
    )
    shown = [number for number, name in enumerate(headers) if is_whole or name != "RUN"]
    whole = ("CREATED", "STATE", "RUN")
    return table(_picked(headers, shown), (_picked(row, shown) for row in rows), whole=whole)


def _picked(cells: Sequence[str], numbers: Iterable[int]) -> list[str]:
    return [cells[number] for number in numbers]


def _ago(moment: datetime) -> str:
    return f"{duration_words(max(timedelta(0), timezone.now() - moment))} ago"


def _slot(schedule: Coming) -> str:
    """In the schedule's own zone."""
    if not schedule.enabled:
        return "disabled"
    return f"{schedule.next_slot:%Y-%m-%d %H:%M %Z}" if schedule.next_slot else "never"


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, datetime) else str(value)

"""`manage.py runs`: look at runs, and ask something of them."""

import json
import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs import audit, catalog
from jobs.asking import VERBS, Answer, ask
from jobs.database import bring_up_to_date
from jobs.exceptions import NightshiftError
from jobs.following import follow
from jobs.models.attempt import Attempt
from jobs.models.queue import Queue
from jobs.models.run import Origin, Run
from jobs.models.state import ACTIVE, State
from jobs.outcome import FAILED, WrongUsage, outcome_lines, raise_outcome, summary
from jobs.queue import enqueue
from jobs.run_listing import brief, chosen, run_table
from jobs.run_reference import find_run
from jobs.run_report import attempt_table, report, report_lines
from jobs.terminal import display, printed
from jobs.wording import phase

MOST = 20  # runs listed, unless one asks for more
HELP = {
    "list": "the latest runs",
    "show": "all that is known of one run: parameters, progress, attempts, result, files",
    "logs": "what its attempts have logged, with their tracebacks",
    "follow": "watch a run to its end; ends with its exit status, 130 where it is paused",
    "pause": "hold what waits; what runs stops at its next checkpoint, and its worker is free",
    "resume": "back to the queue with what is paused: a worker goes on where it stopped",
    "cancel": "end what waits or is paused; what runs stops at its next checkpoint, or is killed soon after",
    "kill": "end at once, with its process; what was not committed is rolled back",
    "retry": "a new run with the same parameters as one that is over",
}
EXAMPLES = """
for example:
  python manage.py runs list --state failed
  python manage.py runs show 01a1fcbb-05a1
  python manage.py runs pause 01a1fcbb-05a1-72fd-ba59-39678de7fcff
  python manage.py runs cancel --job import_products --state queued

RUN is the id of a run, or a beginning of it that no other run has. What is asked of a run is asked of the
runs below it too. Exit status: 0 all of it could be asked, 1 some of it not, 2 wrong usage.
"""


class Command(BaseCommand):
    help = "Look at runs; pause, resume, cancel, kill and retry them. docs/operating.md has the details."
    requires_migrations_checks = True

    def check_migrations(self) -> None:
        bring_up_to_date(self.stderr)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        shape: dict[str, Any] = {"formatter_class": RawDescriptionHelpFormatter, "epilog": EXAMPLES}
        return super().create_parser(prog_name, subcommand, **{**shape, **kwargs})

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        added = {name: verbs.add_parser(name, help=text, description=text) for name, text in HELP.items()}
        for name in ("show", "logs", "follow", "retry"):
            added[name].add_argument("run", metavar="RUN", help="an id, or a beginning that no other has")
        added["logs"].add_argument("--attempt", type=int, metavar="N", help="of that attempt only")
        for name in VERBS:
            added[name].add_argument("runs", nargs="*", metavar="RUN", help="ids, or beginnings of ids")
            _add_choice(added[name], sorted(ACTIVE))
        _add_choice(added["list"], State.values)
        added["list"].add_argument("--limit", type=int, default=MOST, metavar="N", help=f"so many ({MOST})")
        for name in ("list", "show", "retry", *VERBS):
            added[name].add_argument("--json", action="store_true", help="print JSON, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"] if options["verb"] not in VERBS else "ask")(options)
        except NightshiftError as error:
            raise WrongUsage(str(error)) from error
        except BrokenPipeError:
            # Whoever reads, such as head, has enough; Python flushes once more when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def list(self, options: Mapping[str, Any]) -> None:
        runs = list(_chosen(options)[: max(1, options["limit"])])
        if options["json"]:
            self._print_json([brief(run) for run in runs])
        elif runs:
            self.stdout.write(self._drawn(run_table(runs), options))
        else:
            self.stdout.write("No such run.")

    def show(self, options: Mapping[str, Any]) -> None:
        run = find_run(options["run"])
        if options["json"]:
            self._print_json(report(run))
            return
        self.stdout.write("\n".join(report_lines(run)))
        if run.attempts.exists():
            self.stdout.write("\n" + self._drawn(attempt_table(run), options))

    def logs(self, options: Mapping[str, Any]) -> None:
        run = find_run(options["run"])
        attempts = list(run.attempts.all())
        if options["attempt"] is not None:
            attempts = [each for each in attempts if each.number == options["attempt"]]
            if not attempts:
                raise WrongUsage(
                    f"Run {run.pk} has no attempt {options['attempt']}, but {run.attempt} in all"
                )
        for each in attempts:
            self.stdout.write(_log(each, is_only=len(attempts) == 1))

    def follow(self, options: Mapping[str, Any]) -> None:
        run = find_run(options["run"])
        with display(run.job, verbosity=options["verbosity"], color=not options["no_color"]) as shown:
            follow(run, shown)
        for line in outcome_lines(run):
            self.stdout.write(line)
        raise_outcome(run)

    def retry(self, options: Mapping[str, Any]) -> None:
        run = find_run(options["run"])
        if not run.is_final:
            hint = "resume it" if run.state == State.PAUSED else "wait for its end, or cancel it"
            raise WrongUsage(f"Run {run.pk} is {run.state}, and only what is over is run again; {hint}")
        new = enqueue(catalog.get(run.job), run.parameters, origin=Origin.COMMAND)
        audit.write_at_terminal(f"ran {run.job} again", run.pk, job=run.job, after=str(new.pk))
        if options["json"]:
            self._print_json(summary(new))
        else:
            self.stdout.write("\n".join(outcome_lines(new)))

    def ask(self, options: Mapping[str, Any]) -> None:
        """Any of pause, resume, cancel and kill."""
        answers = ask(VERBS[options["verb"]], _named(options))
        for each in answers:
            audit.write_at_terminal(
                f"asked to {options['verb']}", each.run.pk, job=each.run.job, after=phase(each.run)
            )
        if options["json"]:
            self._print_json([_answer(each) for each in answers])
        else:
            lines = [f"{each.run.pk}  {each.run.job}: {each.sentence}" for each in answers]
            lines += _held(answers)
            self.stdout.write("\n".join(lines) or "No such run: nothing to do.")
        if refused := sum(not each.is_granted for each in answers):
            sentence = f"{refused} of {len(answers)} runs could not be asked to {options['verb']}"
            raise CommandError(sentence, returncode=FAILED)

    def _print_json(self, content: Any) -> None:
        self.stdout.write(json.dumps(content, ensure_ascii=False))

    def _drawn(self, drawn: Any, options: Mapping[str, Any]) -> str:
        return printed(drawn, is_terminal=self.stdout.isatty(), color=not options["no_color"])


def _add_choice(parser: ArgumentParser, states: Any) -> None:
    parser.add_argument("--job", default="", metavar="JOB", help="runs of that job")
    parser.add_argument("--state", default="", choices=states, help="runs in that state")


def _chosen(options: Mapping[str, Any]) -> Any:
    return chosen(job=options["job"], state=options["state"])


def _named(options: Mapping[str, Any]) -> Any:
    """The runs that were named one by one, or all of that job and state that are not over."""
    by_choice = bool(options["job"] or options["state"])
    if by_choice == bool(options["runs"]):
        raise WrongUsage("Name runs by their ids, or choose them by --job and --state")
    if by_choice:
        return list(_chosen(options).active())
    found: dict[Any, Run] = {run.pk: run for run in map(find_run, options["runs"])}
    return list(found.values())


def _held(answers: Iterable[Answer]) -> Iterator[str]:
    """What queued runs wait for, though it was not asked for here."""
    queues = {each.run.queue for each in answers if each.run.state == State.QUEUED}
    for name in sorted(queues.intersection(Queue.objects.paused()) if queues else ()):
        yield f"The queue {name!r} is paused; nothing of it begins until: manage.py queues resume {name}"


def _log(attempt: Attempt, *, is_only: bool) -> str:
    title = "" if is_only else f"=== attempt {attempt.number}, {attempt.worker} ===\n"
    said = attempt.log + attempt.traceback
    return title + (said.rstrip("\n") or "It has logged nothing.")


def _answer(answer: Answer) -> dict[str, Any]:
    run = answer.run
    named = {"run": str(run.pk), "job": run.job, "state": run.state, "wish": run.wish or None}
    return {**named, "said": answer.sentence, "granted": answer.is_granted}

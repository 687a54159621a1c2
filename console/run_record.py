"""What the record holds of runs whose pages are open, read with a fixed number of queries."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, JSONField, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject, Right, RowNumber

from console.comparison import previous
from console.live.picture import NO_LINES, Lines
from console.pace import Pace, watch
from console.run_log import is_cut
from console.run_log import watch as logs
from jobs import access
from jobs.models.artifact import Artifact
from jobs.models.attempt import Attempt
from jobs.models.audit_log import AuditLog
from jobs.models.run import Run
from jobs.models.slot import Slot
from jobs.sentence import Sentence
from jobs.standing import standings

Row = TypeVar("Row")

CHILDREN_SHOWN = ATTEMPTS_SHOWN = 20
EVENTS_SHOWN = 100
TRACEBACK_SHOWN = 60_000  # characters, the last ones: they say what was raised


class OctetLength(Func):
    """PostgreSQL knows it without unpacking the text."""

    function = "octet_length"
    output_field = IntegerField()


# How many runs below each are in which state; most have none, and then nobody looks for the first of them.
STATES_BELOW = """(
    SELECT jsonb_object_agg(state, number) FROM (
        SELECT state, count(*) AS number FROM jobs_run child
        WHERE child.parent_id = jobs_run.id GROUP BY state
    ) counted)"""


@dataclass(frozen=True, kw_only=True)
class Children:
    """The `first` of all that `by_state` counts."""

    first: list[Run]
    by_state: dict[str, int]

    @property
    def count(self) -> int:
        return sum(self.by_state.values())


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """`attempts` begin with the last.

    `log` is the end of that of the last attempt, and `traceback_end` that of each.
    """

    run: Run
    standing: Sentence
    pace: Pace | None
    attempts: list[Attempt]
    log: Lines
    children: Children
    audit: list[AuditLog]
    previous: Run | None

    @property
    def artifacts(self) -> list[Artifact]:
        listed: list[dict[str, Any]] = self.run.files  # type: ignore[attr-defined] # annotated
        return [Artifact(run_id=self.run.pk, **each) for each in listed]

    @property
    def fingerprint(self) -> Hashable:
        run = self.run
        return (
            *(str(self.standing), str(self.pace or "")),
            *(run.state, run.wish, run.done, run.total, run.message, run.attempt, run.error, run.awaits),
            *(len(self.attempts), len(self.artifacts), len(self.audit), self.previous is not None),
            is_cut(self.log),
            tuple((child.pk, child.state, child.wish, child.awaits) for child in self.children.first),
            tuple(self.children.by_state.items()),
        )


def run_records(keys: Collection[uuid.UUID]) -> list[RunRecord]:
    """Of those that there are."""
    runs = list(_runs(keys))
    said = standings(runs)
    attempts = _by(_attempts([run.pk for run in runs if run.attempt]), "run_id")
    lines = _logs(attempts)
    children = _by(_children([run.pk for run in runs if run.states_below]), "parent_id")
    audit = _by(AuditLog.objects.filter(target__in=map(str, keys)).select_related("user"), "target")
    others = Run.objects.in_bulk([run.previous for run in runs if run.previous])
    return [
        RunRecord(
            run=run,
            standing=said[run.pk],
            pace=watch.pace_of(run),
            attempts=attempts[run.pk],
            log=lines.get(run.pk, NO_LINES),
            children=Children(first=children[run.pk], by_state=run.states_below or {}),
            audit=audit[str(run.pk)][:EVENTS_SHOWN],
            previous=others.get(run.previous),
        )
        for run in runs
    ]


def _runs(keys: Collection[uuid.UUID]) -> QuerySet[Run, Any]:
    slot = Slot.objects.filter(run=OuterRef("pk")).order_by("pk")
    # Who looks may see the job of this page; a run of any other private one is nobody's to be told of.
    private = Q(job__in=access.private_jobs()) & ~Q(job=OuterRef("job"))
    above = Run.objects.filter(pk=OuterRef("parent")).exclude(private)
    files = Artifact.objects.filter(run=OuterRef("pk")).order_by("name")
    return (
        Run.objects.placed()
        .annotate(files=ArraySubquery(files.values(file=JSONObject(name="name", size="size"))))
        .select_related("started_by")
        .annotate(above=Subquery(above.values("pk")[:1]))
        .annotate(planned_for=Subquery(slot.values("planned_for")[:1]))
        .annotate(states_below=RawSQL(STATES_BELOW, (), JSONField()))  # noqa: S611 ours, and constant
        .annotate(slot_outcome=Subquery(slot.values("outcome")[:1]), previous=previous())
        .filter(pk__in=keys)
    )


def _attempts(begun: Collection[uuid.UUID]) -> QuerySet[Attempt, Any]:
    """The last of each; of what may be long, the end or the size."""
    number = Window(RowNumber(), partition_by="run_id", order_by="-number")
    sizes = {"traceback_end": Right("traceback", TRACEBACK_SHOWN), "log_bytes": OctetLength("log")}
    attempts = Attempt.objects.filter(run__in=begun).defer("log", "traceback").annotate(place=number)
    return attempts.filter(place__lte=ATTEMPTS_SHOWN).annotate(**sizes).order_by("-number")


def _logs(attempts: Mapping[Any, list[Attempt]]) -> dict[Any, Lines]:
    """Of the last attempt of each run."""
    last = [each[0] for each in attempts.values() if each]
    sizes = {(each.run_id, each.number): each.log_bytes for each in last}  # type: ignore[attr-defined]
    return {run: lines for (run, _), lines in logs.lines_of(sizes).items()}


def _children(keys: Collection[uuid.UUID]) -> QuerySet[Run, Any]:
    """The first below each."""
    number = Window(RowNumber(), partition_by="parent_id", order_by="pk")
    children = (
        Run.objects.public().filter(parent__in=keys).defer("result", "parameters", "cursor", "counters")
    )
    return children.annotate(place=number).filter(place__lte=CHILDREN_SHOWN).order_by("pk")


def _by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found

"""The ledger of schedules: what became of each moment at which a schedule was due."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, models
from django.db.models.functions import Now

from jobs.models.run import Run


class Outcome(models.TextChoices):
    """`ran` and `late` have a run; `missed` was left out by policy, `skipped` for an active run."""

    RAN = "ran"
    LATE = "late"
    MISSED = "missed"
    SKIPPED = "skipped"
    REFUSED = "refused"

    @classmethod
    def without_run(cls) -> "tuple[Outcome, ...]":
        return (cls.MISSED, cls.SKIPPED, cls.REFUSED)


class SlotQuerySet(models.QuerySet["Slot"]):
    def take(self, schedule: str, planned_for: datetime, outcome: Outcome, reason: str = "") -> "Slot | None":
        """Write that slot; None where it was written before. Of two at once, one waits for the other."""
        values = (schedule, planned_for, outcome.value, reason)
        with connection.cursor() as cursor:
            cursor.execute(TAKE, values)
            row = cursor.fetchone()
        if row is None:
            return None
        return Slot(pk=row[0], schedule=schedule, planned_for=planned_for, outcome=outcome, reason=reason)

    def make_up(self, pk: int, reason: str) -> bool:
        """Take a slot that has no run, to give it one; of two at once, one waits, and then gets False."""
        free = self.filter(pk=pk, run=None, outcome__in=Outcome.without_run())
        return free.update(outcome=Outcome.LATE, reason=reason) == 1

    def strips(self, schedules: Collection[str], at_most: int) -> dict[str, str]:
        """The latest slots of each of these schedules as one JSON text, with one statement for all of them:
        a list of [seconds, outcome, run, reason], the last first."""
        with connection.cursor() as cursor:
            cursor.execute(STRIPS, [at_most, list(schedules)])
            return dict(cursor.fetchall())

    def latest_first(self) -> "SlotQuerySet":
        return self.order_by("-planned_for")


class Slot(models.Model):
    """`schedule` is the schedule's name, as in its runs; `planned_for` when it was due."""

    Outcome = Outcome

    schedule = models.CharField(max_length=200)
    planned_for = models.DateTimeField()
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="slots")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = SlotQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["schedule", "planned_for"], name="slot_once"),)
        ordering = ("schedule", "planned_for")
        permissions = (("edit_schedules", "Can edit schedules"),)

    def __str__(self) -> str:
        return f"{self.schedule} at {self.planned_for.isoformat()}"

    @property
    def can_be_made_up(self) -> bool:
        return self.run_id is None and self.outcome in Outcome.without_run()

    @property
    def wants_run(self) -> bool:
        return self.outcome in (Outcome.RAN, Outcome.LATE)


TAKE = """
INSERT INTO jobs_slot (schedule, planned_for, outcome, reason) VALUES (%s, %s, %s, %s)
ON CONFLICT (schedule, planned_for) DO NOTHING RETURNING id
"""
# A look into the index of slot_once for each schedule, however many slots there are.
STRIPS = """
SELECT wanted.name, coalesce((
    SELECT json_agg(json_build_array(extract(epoch FROM planned_for), outcome, run_id, reason)) FROM (
        SELECT * FROM jobs_slot WHERE schedule = wanted.name ORDER BY planned_for DESC LIMIT %s
    ) AS latest
), '[]')::text
FROM unnest(%s::text[]) AS wanted (name)
"""

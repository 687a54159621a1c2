"""The ledger of schedules: what became of each moment at which a schedule was due."""

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
    def wants_run(self) -> bool:
        return self.outcome in (Outcome.RAN, Outcome.LATE)


TAKE = """
INSERT INTO jobs_slot (schedule, planned_for, outcome, reason) VALUES (%s, %s, %s, %s)
ON CONFLICT (schedule, planned_for) DO NOTHING RETURNING id
"""
